#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The two streams of a command: data on standard output, everything that is said on standard error.
enum Terminal {
    /// Whether a person reads standard output.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether a person reads standard error.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes data to standard output.
    ///
    /// - Throws: ``OutputError`` when not all of it could be written.
    static func write(_ text: String) throws(OutputError) {
        try write(Array(text.utf8), to: STDOUT_FILENO)
    }

    /// Writes data to standard output.
    ///
    /// - Throws: ``OutputError`` when not all of it could be written.
    static func write(_ bytes: [UInt8]) throws(OutputError) {
        try write(bytes, to: STDOUT_FILENO)
    }

    /// Writes one message and a line end to standard error.
    ///
    /// It may hold names and other texts from anywhere: what could steer a terminal is shown, not done.
    static func say(_ message: String) {
        let lines = message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { printable(String($0)) }
                .joined(separator: "\t")
        }
        // Where messages can't go, there is nowhere to say so.
        try? write(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDERR_FILENO)
    }

    /// Writes to standard error without a line end, for progress that is drawn over.
    static func draw(_ text: String) {
        try? write(Array(text.utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, buffer.baseAddress, buffer.count)
            }
            if written < 0 {
                let code = errno
                if code == EINTR { continue }
                throw code == EPIPE ? .readerGone : .failed(reason: unsafe String(cString: strerror(code)))
            }
            rest = rest.dropFirst(written)
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, bytes, count)
        #else
        unsafe Darwin.write(descriptor, bytes, count)
        #endif
    }

    /// A text with everything that could steer a terminal shown as `\u{…}`.
    static func printable(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                result += scalar.escaped(asASCII: true)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        // The joiners inside emoji and Persian words change no direction and hide nothing.
        if scalar.value == 0x200C || scalar.value == 0x200D { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}

/// Why data could not be written to standard output.
enum OutputError: Error {
    /// The program that read it has ended, such as `head`.
    case readerGone
    /// Something else, such as a full disk.
    case failed(reason: String)
}
