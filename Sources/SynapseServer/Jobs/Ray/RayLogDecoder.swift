/// Reads the log of a Ray job back into the bytes that the program printed.
///
/// Ray reads logs as text: it fails at bytes that are not UTF-8, turns carriage returns into line feeds, and drops its
/// connection over lines of megabytes. So ``RayLauncher`` writes them in a form that passes: text as it is, and after
/// the byte 0x1A
/// - two hexadecimal digits for a byte that text cannot hold;
/// - a line feed for no byte: a long line goes on;
/// - `S` and a line feed where the program begins: what came before is Ray's own;
/// - `E`, the exit code (below zero for a signal) and a line feed, or `T` and a line feed for one that took too long:
///   all was printed.
struct RayLogDecoder: Sendable {
    enum Ending: Sendable, Equatable {
        case code(Int32)
        case timeLimit
    }

    static let mark: UInt8 = 0x1A
    private static let longestDirective = 16

    private enum State {
        case text
        case marked
        case digit(UInt8)
        case directive([UInt8])
    }

    /// Whether the program has begun.
    private(set) var hasStarted = false
    /// How it ended, once that was read.
    private(set) var ending: Ending?
    private var state = State.text

    /// The bytes of the program in a piece of the log.
    mutating func decode(_ piece: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in piece {
            if let decoded = decode(byte), hasStarted, ending == nil { bytes.append(decoded) }
        }
        return bytes
    }

    private mutating func decode(_ byte: UInt8) -> UInt8? {
        switch state {
        case .text:
            if byte != Self.mark { return byte }
            state = .marked
        case .marked:
            if let value = Self.digit(byte) {
                state = .digit(value)
            } else if byte == UInt8(ascii: "\n") {
                state = .text
            } else {
                state = .directive([byte])
            }
        case .digit(let high):
            state = .text
            return Self.digit(byte).map { high << 4 | $0 } ?? byte
        case .directive(var text):
            if byte == UInt8(ascii: "\n") || text.count >= Self.longestDirective {
                obey(text)
                state = .text
            } else {
                text.append(byte)
                state = .directive(text)
            }
        }
        return nil
    }

    private mutating func obey(_ directive: [UInt8]) {
        switch directive.first {
        case UInt8(ascii: "S"): hasStarted = true
        case UInt8(ascii: "T"): ending = .timeLimit
        case UInt8(ascii: "E"):
            ending = Int32(String(decoding: directive.dropFirst(), as: UTF8.self)).map { .code($0) }
        default: break
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
