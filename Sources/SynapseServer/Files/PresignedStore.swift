import NIOCore

/// The pieces of uploads by signed URLs, on the disk beside those of chunked uploads.
extension LocalFileStore {
    static let pieceSuffix = ".piece"

    func piecePath(_ name: String) -> String { "\(directory.uploads)/\(name)\(Self.pieceSuffix)" }

    /// Gives bytes that have arrived whole the name of a piece; blocks.
    func keepPiece(_ temporaryPath: String, as name: String) throws {
        try FileSystem.rename(temporaryPath, to: piecePath(name))
        try FileSystem.synchronizeDirectory(directory.uploads)
    }

    /// Removes pieces; blocks.
    func removePieces(_ names: [String]) {
        for name in names { try? FileSystem.remove(piecePath(name)) }
    }

    /// Makes one file of the pieces, in order, under a final name; blocks.
    ///
    /// The one piece of a small file only gets a second name; its digests are known. Parts are read once, written once
    /// and hashed on the way.
    func assemble(_ pieces: [PresignedPiece], as name: String) throws -> ContentDigests {
        if pieces.count == 1, let piece = pieces.first {
            try link(piecePath(piece.name), as: name)
            return piece.digests
        }
        // One thread does it all: it would wait for each piece that passed the cache.
        let whole = makeIncomingFile(passesCache: false)
        do {
            for piece in pieces {
                let file = try OpenFile(path: piecePath(piece.name), mode: .reading)
                var offset: Int64 = 0
                while offset < piece.digests.byteCount {
                    let bytes = try file.read(at: offset, count: 1 << 20)
                    guard bytes.readableBytes > 0 else { throw APIError.uploadExpired }
                    try whole.append(bytes)
                    offset += Int64(bytes.readableBytes)
                }
            }
            let digests = try whole.finish()
            try adopt(whole.path, as: name)
            return digests
        } catch {
            whole.discard()
            throw error
        }
    }
}
