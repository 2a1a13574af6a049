#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A password, typed without being shown, or the first line of standard input.
///
/// Never an argument: those stand in the list of processes.
enum PasswordInput {
    private static let limit = 4096

    /// Reads one password.
    ///
    /// - Throws: ``UsageError`` when there is none; `CancellationError` when the command is interrupted meanwhile.
    static func read(prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return try line(endsWithoutNewline: true) }
        var shown = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &shown) == 0 else { throw UsageError("the terminal can't be set up") }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        Terminal.draw(prompt)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Terminal.draw("\n")
        }
        return try line(endsWithoutNewline: false)
    }

    /// Asks twice where a person types, so that a slip of the hand is no password.
    static func readNew(prompt: String) throws -> String {
        let password = try read(prompt: prompt)
        guard isatty(STDIN_FILENO) == 1 else { return password }
        guard try read(prompt: "Again: ") == password else { throw UsageError("the two passwords differ") }
        return password
    }

    private static func line(endsWithoutNewline: Bool) throws -> String {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            // Waits in small steps: a blocking read would keep an interrupted command alive.
            var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&request, 1, 100)
            if Task.isCancelled { throw CancellationError() }
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            guard let byte = nextByte() else { break }
            if byte == UInt8(ascii: "\n") { return String(decoding: trimmed(bytes), as: UTF8.self) }
            bytes.append(byte)
        }
        guard endsWithoutNewline, !bytes.isEmpty, bytes.count <= limit else {
            throw UsageError("no password: type it, or give it as the first line of standard input")
        }
        return String(decoding: trimmed(bytes), as: UTF8.self)
    }

    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
    }

    private static func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            #if canImport(Glibc)
            let count = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
            #elseif canImport(Musl)
            let count = unsafe Musl.read(STDIN_FILENO, &byte, 1)
            #else
            let count = unsafe Darwin.read(STDIN_FILENO, &byte, 1)
            #endif
            if count == 1 { return byte }
            if count < 0, errno == EINTR { continue }
            return nil
        }
    }
}
