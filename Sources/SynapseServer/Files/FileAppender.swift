#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOCore

/// Puts bytes behind one another in a file, those of large files past the system's page cache.
///
/// What is stored is brought to the disk at once, so the cache would only cost: pages to find, to fill and to write out,
/// and what others have in it. The system wants whole blocks of aligned memory for that, in which large pieces are
/// gathered. Where it does not pass the cache by, each 32 MiB start for the disk while the next are received. Every
/// method blocks: call them on the file thread pool.
@safe struct FileAppender: ~Copyable {
    /// Bytes of a block, which is also what a piece must have before the cache is passed by.
    static let blockByteCount = 1 << 20
    /// What offsets, lengths and memory are multiples of: a page, which is a multiple of a disk's sector.
    private static let alignment = 4096

    /// Bytes that start for the disk together out of the cache.
    private static let strideByteCount: Int64 = 32 << 20

    private let file: OpenFile
    /// Whether the cache may be passed by: not where the bytes are wanted again soon, or the file system can't.
    private var mayPassCache: Bool
    private var block: UnsafeMutableRawBufferPointer?
    private var blockOffset: Int64
    private var filledByteCount = 0
    /// Where the bytes begin that have not started for the disk.
    private var begunOffset: Int64

    /// Appends at an offset of a file.
    init(_ file: OpenFile, at offset: Int64, passingCache mayPassCache: Bool = true) {
        self.file = file
        self.mayPassCache = mayPassCache
        blockOffset = offset
        begunOffset = offset
    }

    deinit {
        if let block = unsafe block { _ = unsafe munmap(block.baseAddress, block.count) }
    }

    /// The length of the file with all that was taken.
    var position: Int64 { blockOffset + Int64(filledByteCount) }

    mutating func append(_ buffer: ByteBuffer) throws(SystemError) {
        if unsafe block == nil { beginBlocks(buffer.readableBytes) }
        guard let block = unsafe block else {
            try file.write(buffer, at: blockOffset)
            blockOffset += Int64(buffer.readableBytes)
            if blockOffset - begunOffset >= Self.strideByteCount {
                file.beginWriting(begunOffset..<blockOffset)
                begunOffset = blockOffset
            }
            return
        }
        var failure: SystemError?
        unsafe buffer.withUnsafeReadableBytes { bytes in
            do throws(SystemError) {
                try unsafe fill(block, bytes)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Waits until all that was taken is on the disk; nothing can be appended afterwards.
    mutating func synchronize() throws(SystemError) {
        if let block = unsafe block {
            // The end is of any length, which only the cache takes.
            file.bypassCache(false)
            try unsafe write(block)
            unsafe munmap(block.baseAddress, block.count)
            unsafe self.block = nil
        }
        try file.synchronize()
    }

    private mutating func beginBlocks(_ byteCount: Int) {
        guard mayPassCache, byteCount >= Self.blockByteCount else { return }
        mayPassCache = blockOffset % Int64(Self.alignment) == 0 && file.bypassCache(true)
        guard mayPassCache else { return }
        // Straight from the system, in pages: one thread's allocator would keep what another gave back.
        let memory = unsafe mmap(
            nil, Self.blockByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        if let memory = unsafe memory, unsafe memory != MAP_FAILED {
            unsafe block = UnsafeMutableRawBufferPointer(start: memory, count: Self.blockByteCount)
        } else {
            mayPassCache = false
            file.bypassCache(false)
        }
    }

    private mutating func fill(
        _ block: UnsafeMutableRawBufferPointer, _ bytes: UnsafeRawBufferPointer
    ) throws(SystemError) {
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let piece = unsafe rest.prefix(Self.blockByteCount - filledByteCount)
            unsafe UnsafeMutableRawBufferPointer(rebasing: block[filledByteCount...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: piece))
            filledByteCount += unsafe piece.count
            unsafe rest = rest.dropFirst(piece.count)
            if filledByteCount == Self.blockByteCount { try unsafe write(block) }
        }
    }

    private mutating func write(_ block: UnsafeMutableRawBufferPointer) throws(SystemError) {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: block[..<filledByteCount])
        do throws(SystemError) {
            try unsafe file.write(bytes, at: blockOffset)
        } catch  where error.isInvalidArgument {
            // A file system that takes the flag and wants a larger alignment: this goes through the cache.
            file.bypassCache(false)
            try unsafe file.write(bytes, at: blockOffset)
        }
        blockOffset += Int64(filledByteCount)
        filledByteCount = 0
    }
}
