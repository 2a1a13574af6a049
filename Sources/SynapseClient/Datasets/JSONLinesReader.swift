/// Reads a file line by line without holding it.
package struct JSONLinesReader {
    private static let pieceByteCount = 64 << 10
    /// A longer line is none of a report.
    private static let longestLine = 1 << 20

    private let source: FileSource
    private var offset: Int64 = 0
    private var buffer: [UInt8] = []
    private var start = 0
    /// Where the line that was given last begins in the file.
    package private(set) var lineOffset: Int64 = 0

    /// - Throws: ``ClientError`` coded `fileUnreadable`.
    package init(path: String) throws(ClientError) { source = try FileSource(path: path) }

    /// The next line without its end, and whether it has one; `nil` at the end of the file.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable`.
    package mutating func next() throws(ClientError) -> (bytes: [UInt8], isWhole: Bool)? {
        lineOffset = offset - Int64(buffer.count - start)
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return (Array(buffer[start..<end]), true)
            }
            searched = buffer.count
            guard buffer.count - start < Self.longestLine, try fill() else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return (Array(buffer[start...]), false)
            }
            searched -= start
            buffer.removeFirst(start)
            start = 0
        }
    }

    private mutating func fill() throws(ClientError) -> Bool {
        var piece = [UInt8](repeating: 0, count: Self.pieceByteCount)
        var failure: ClientError?
        let count = unsafe piece.withUnsafeMutableBytes { target -> Int in
            do throws(ClientError) { return try unsafe source.read(into: target, at: offset) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        offset += Int64(count)
        buffer += piece[..<count]
        return count > 0
    }
}
