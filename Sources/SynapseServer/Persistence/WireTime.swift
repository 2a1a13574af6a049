#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Times as the database keeps them: RFC 3339 in UTC with six decimals, so that text order is time order.
enum WireTime {
    static func now(adding duration: Duration = .zero) -> String {
        text(of: Date().timeIntervalSince1970 + duration / .seconds(1))
    }

    static func text(seconds: Int, microseconds: Int) -> String {
        var clock = time_t(seconds)
        var parts = unsafe tm()
        unsafe gmtime_r(&clock, &parts)
        let date = unsafe [Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map { pad($0, 2) }
        let year = unsafe pad(Int(parts.tm_year) + 1900, 4)
        let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map { pad(Int($0), 2) }
        return year + "-" + date.joined(separator: "-") + "T" + time.joined(separator: ":") + "." + pad(microseconds, 6)
            + "Z"
    }

    /// Reads a moment that a client sent, a date alone being its first moment in UTC; nil when it is none.
    ///
    /// The digits are taken from the text: a floating-point number of seconds would lose some, and a row would not be
    /// found by its own time. What is finer than a microsecond is dropped.
    /// Source: RFC 3339, section 5.6.
    static func normalized(_ text: String) -> String? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2),
            let days = days(year, month, day)
        else { return nil }
        if scanner.isAtEnd { return Self.text(seconds: days * 86_400, microseconds: 0) }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(2), minute < 60, scanner.skip(":"),
            let second = scanner.number(2), second < 60
        else { return nil }
        var microseconds = 0
        if scanner.skip(".") {
            guard let fraction = scanner.fraction(6) else { return nil }
            microseconds = fraction
        }
        guard let offset = offset(&scanner), scanner.isAtEnd else { return nil }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        // Beyond the years of four digits, text order would not be time order.
        guard (earliest...latest).contains(seconds) else { return nil }
        return Self.text(seconds: seconds, microseconds: microseconds)
    }

    private static let earliest = -62_135_596_800
    private static let latest = 253_402_300_799

    /// Days since 1970 of a date that the calendar has, from the year 1 on.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard year >= 1, (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let past = year - 1
        let daysOfYears = past * 365 + past / 4 - past / 100 + past / 400
        return daysOfYears + lengths[..<(month - 1)].reduce(0, +) + day - 1 + earliest / 86_400
    }

    /// Seconds east of UTC: `Z`, `+09:00` or `+0900`, whose plus sign may have become a blank on the way.
    private static func offset(_ scanner: inout DigitScanner) -> Int? {
        if scanner.skip("Z") || scanner.skip("z") { return 0 }
        let isWest = scanner.skip("-")
        guard isWest || scanner.skip("+") || scanner.skip(" "), let hours = scanner.number(2), hours < 24 else {
            return nil
        }
        _ = scanner.skip(":")
        guard let minutes = scanner.number(2), minutes < 60 else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }

    private static func text(of interval: Double) -> String {
        let seconds = interval.rounded(.down)
        return text(seconds: Int(seconds), microseconds: Int((interval - seconds) * 1_000_000))
    }

    /// Seconds since 1970.
    static var epochSeconds: Int { Int(Date().timeIntervalSince1970) }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Reads numbers of fixed width from the beginning of a text.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ digitCount: Int) -> Int? {
        let digits = rest.prefix(digitCount)
        guard digits.count == digitCount, digits.allSatisfy(Self.isDigit) else { return nil }
        rest.removeFirst(digitCount)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// All digits that follow, at least one, as a number of the given digits; further digits are dropped.
    mutating func fraction(_ digitCount: Int) -> Int? {
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let missing = max(0, digitCount - digits.count)
        let value = digits.prefix(digitCount).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (0..<missing).reduce(value) { value, _ in value * 10 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
