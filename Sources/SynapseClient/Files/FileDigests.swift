import Crypto

/// The digests of a whole file, both in one pass.
package struct FileDigests: Sendable, Hashable {
    /// In hexadecimal digits.
    package let md5: String
    /// In hexadecimal digits.
    package let sha1: String

    /// Reads and hashes a file.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `fileChanged`, or `CancellationError`.
    @concurrent
    package static func compute(_ source: FileSource) async throws -> FileDigests {
        var md5 = Insecure.MD5()
        var sha1 = Insecure.SHA1()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: HTTPBody.pieceByteCount, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var position: Int64 = 0
        while position < source.byteCount {
            try Task.checkCancellation()
            let wanted = Int(min(Int64(buffer.count), source.byteCount - position))
            let count = try unsafe source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
            if count == 0 { throw source.endedEarly() }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
            unsafe md5.update(bufferPointer: bytes)
            unsafe sha1.update(bufferPointer: bytes)
            position += Int64(count)
        }
        return FileDigests(md5: Hexadecimal.text(md5.finalize()), sha1: Hexadecimal.text(sha1.finalize()))
    }
}
