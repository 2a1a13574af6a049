/// The `Content-Range` of a chunk: `bytes 0-9/25`, both ends included, or `bytes */0` for a file without bytes.
///
/// Source: docs/wire-protocol.md, "Chunked upload"; RFC 9110, section 14.4.
struct ContentRange: Sendable, Equatable {
    let start: Int64
    /// The byte behind the last one.
    let end: Int64
    let total: Int64

    init?(_ header: String?) {
        guard let header, header.lowercased().hasPrefix("bytes ") else { return nil }
        let text = header.dropFirst(6).trimmingBlanks()
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let total = Self.number(halves[1]) else { return nil }
        self.total = total
        if halves[0] == "*" {
            guard total == 0 else { return nil }
            start = 0
            end = 0
            return
        }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last,
            last < Int64.max
        else { return nil }
        start = first
        end = last + 1
    }

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
