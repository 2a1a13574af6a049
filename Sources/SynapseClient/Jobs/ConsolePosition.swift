/// How much of a console log has been handed out, and which lines of a new connection were there before.
///
/// A server that numbers its lines says where each belongs. One that does not is expected to begin again at the first
/// line: lines are counted, and a digest over what was skipped proves that they are the same. Pure.
package struct ConsolePosition: Sendable {
    private static let digestStart: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Lines that were handed out.
    package private(set) var count = 0
    /// The number that the server gave to the last of them.
    package private(set) var lastNumber: Int64?
    private var digest = digestStart
    /// Lines without a number on this connection, and their digest.
    private var passed = 0
    private var passedDigest = digestStart

    package init() {}

    /// A new connection begins.
    package mutating func restart() {
        passed = 0
        passedDigest = Self.digestStart
    }

    /// What of some lines is new.
    ///
    /// - Throws: ``ClientError`` coded `protocolError` when the server repeats other lines than those before.
    package mutating func take(_ lines: [String], number: Int64?) throws(ClientError) -> [String] {
        if let number {
            if let lastNumber, number <= lastNumber { return [] }
            lastNumber = number
            note(lines)
            return lines
        }
        var new: [String] = []
        for line in lines {
            passed += 1
            Self.add(line, to: &passedDigest)
            guard passed <= count else {
                new.append(line)
                note([line])
                continue
            }
            if passed == count, passedDigest != digest { throw Self.otherLines }
        }
        return new
    }

    /// Checks that a connection that ended in order did not end before the place that was reached.
    package func checkEnd() throws(ClientError) {
        if lastNumber == nil, passed < count { throw Self.otherLines }
    }

    private mutating func note(_ lines: [String]) {
        count += lines.count
        for line in lines { Self.add(line, to: &digest) }
    }

    /// FNV-1a, 64 bits: no guard against malice, which could send wrong lines in the first place.
    private static func add(_ line: String, to digest: inout UInt64) {
        for byte in line.utf8 { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        digest = (digest ^ 0x0A) &* 0x0000_0100_0000_01B3
    }

    private static var otherLines: ClientError {
        ClientError(
            .protocolError,
            "after a reconnect the server sent other lines than before, so that the log cannot be followed without a gap: "
                + "read it with listJobConsoleLogs",
            delivery: .answered)
    }
}
