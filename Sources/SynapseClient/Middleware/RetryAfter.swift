#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Reads `Retry-After`: seconds, or a date (RFC 9110, sections 10.2.3 and 5.6.7, the preferred form).
package enum RetryAfter {
    package static func parse(_ text: String?, now: Date = Date()) -> Duration? {
        guard let text = text?.split(whereSeparator: \.isWhitespace), let first = text.first else { return nil }
        if text.count == 1, let seconds = Double(first), seconds.isFinite, seconds >= 0 {
            return .seconds(min(seconds, 86_400))
        }
        // Sun, 06 Nov 1994 08:49:37 GMT
        guard text.count == 6, let day = Int(text[1]), (1...31).contains(day), let year = Int(text[3]),
            (1970...9999).contains(year),
            let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
                .firstIndex(of: String(text[2]))
        else { return nil }
        let time = text[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        let seconds =
            daysFromCivil(year: year, month: month + 1, day: day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
        return .seconds(min(max(Double(seconds) - now.timeIntervalSince1970, 0), 86_400))
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func daysFromCivil(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
