/// The names of members that came before, so that the same few names of many rows are made once.
///
/// A name of up to 16 bytes is two words; a bare zero byte is in no name, so that the words tell the length as well.
struct NameCache: ~Copyable {
    private struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var name = ""
    }

    private static let longestByteCount = 16
    private static let entryCount = 64

    private var entries: [Entry] = []

    /// The text of a checked name.
    @inline(__always)
    mutating func name(_ span: JSONScanner.StringSpan, _ scanner: borrowing JSONScanner) -> String {
        let count = span.end - span.start
        guard count <= Self.longestByteCount, !span.hasEscapes, span.start + Self.longestByteCount <= scanner.end else {
            return scanner.string(span)
        }
        let low = scanner.word(span.start) & Self.mask(count)
        let high = scanner.word(span.start + 8) & Self.mask(count - 8)
        let place = Int(truncatingIfNeeded: ((low ^ (high &* 31)) &* 0x9E37_79B9_7F4A_7C15) >> 58)
        if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.entryCount) }
        let known = entries[place]
        if known.low == low, known.high == high { return known.name }
        let name = scanner.string(span)
        entries[place] = Entry(low: low, high: high, name: name)
        return name
    }

    /// The lowest `count` bytes, from none to eight.
    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        count >= 8 ? .max : count <= 0 ? 0 : 1 << UInt64(count * 8) &- 1
    }
}
