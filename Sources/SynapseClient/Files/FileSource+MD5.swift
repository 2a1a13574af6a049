import Crypto

extension FileSource {
    /// Files up to this size are read once, for all that is done with them before they are sent.
    package static let smallByteCount: Int64 = 64 << 10

    /// Bytes that are read at once.
    private static let hashedByteCount = 256 << 10

    /// The MD5 of the whole file in hexadecimal digits; ends early when the task is cancelled.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `fileChanged`, or `CancellationError`.
    package func md5() throws -> String {
        var digest = Insecure.MD5()
        let capacity = Int(min(max(byteCount, 1), Int64(Self.hashedByteCount)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var position: Int64 = 0
        while position < byteCount {
            try Task.checkCancellation()
            let wanted = Int(min(Int64(capacity), byteCount - position))
            let count = try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
            if count == 0 { throw endedEarly() }
            unsafe digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
        }
        return Hexadecimal.text(digest.finalize())
    }

    /// The MD5 of all bytes of a file in hexadecimal digits.
    package static func md5(of contents: [UInt8]) -> String { Hexadecimal.text(Insecure.MD5.hash(data: contents)) }

    /// All bytes of a small file.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `fileChanged`.
    package func contents() throws(ClientError) -> [UInt8] {
        var failure: ClientError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(byteCount)) { buffer, initialized in
            do throws(ClientError) {
                let target = UnsafeMutableRawBufferPointer(buffer)
                while initialized < Int(byteCount) {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[initialized...])
                    let count = try unsafe read(into: rest, at: Int64(initialized))
                    if count == 0 { throw endedEarly() }
                    initialized += count
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
