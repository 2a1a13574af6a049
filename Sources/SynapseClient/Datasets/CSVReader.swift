/// Reads comma-separated values strictly, one record at a time.
///
/// Another separator takes the comma's place where one is given.
/// Lines end with LF or CR LF; a quote stands at the very start of a field or not at all; empty lines are passed over.
/// Source: RFC 4180, section 2.
package struct CSVReader {
    /// What is wrong, and where, both from 1.
    package struct Problem: Error, Sendable, Hashable {
        package var line: Int
        package var column: Int
        package var message: String
    }

    /// One record with the line on which it begins.
    package struct Record: Sendable, Hashable {
        package var line: Int
        package var fields: [String]
        /// Where each field begins.
        package var places: [Place]
    }

    /// A place in the document, in bytes from its start.
    package struct Place: Sendable, Hashable {
        fileprivate var lineStart: Int
        fileprivate var offset: Int
    }

    private let bytes: [UInt8]
    private let separator: UInt8
    private var index = 0
    private var line = 1
    private var lineStart = 0

    package init(_ bytes: [UInt8], separator: UInt8 = UInt8(ascii: ",")) {
        self.bytes = bytes
        self.separator = separator
        // A byte order mark is no part of the first name.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (index, lineStart) = (3, 3) }
    }

    /// The next record, or `nil` at the end.
    package mutating func next() throws(Problem) -> Record? {
        while index < bytes.count {
            var record = Record(line: line, fields: [], places: [])
            var isLast = false
            while !isLast {
                record.places.append(place)
                let (text, ends) = try field()
                record.fields.append(text)
                isLast = ends
            }
            if record.fields != [""] { return record }
        }
        return nil
    }

    /// The column of a place, in characters from 1.
    package func column(of place: Place) -> Int {
        String(decoding: bytes[place.lineStart..<place.offset], as: UTF8.self).count + 1
    }

    private var place: Place { Place(lineStart: lineStart, offset: index) }

    private func problem(_ message: String) -> Problem {
        Problem(line: line, column: column(of: place), message: message)
    }

    private mutating func field() throws(Problem) -> (text: String, isLast: Bool) {
        let isQuoted = index < bytes.count && bytes[index] == UInt8(ascii: "\"")
        let content = isQuoted ? try quoted() : try plain()
        guard let text = String(validating: content, as: UTF8.self) else {
            throw problem("the field before this place is not UTF-8; save the file as UTF-8")
        }
        guard index < bytes.count else { return (text, true) }
        switch bytes[index] {
        case separator:
            index += 1
            // A separator at the very end of the file has an empty field after it.
            return (text, false)
        case UInt8(ascii: "\r") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n"):
            index += 1
            endLine()
        case UInt8(ascii: "\n"): endLine()
        default: throw problem("a quoted field must end with the separator or the end of the line")
        }
        return (text, true)
    }

    private mutating func plain() throws(Problem) -> [UInt8] {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case separator, UInt8(ascii: "\n"): return Array(bytes[start..<index])
            case UInt8(ascii: "\r"):
                guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") else {
                    throw problem("a carriage return stands alone")
                }
                return Array(bytes[start..<index])
            case UInt8(ascii: "\""): throw problem("a quote stands inside of a field that does not begin with one")
            default: index += 1
            }
        }
        return Array(bytes[start...])
    }

    private mutating func quoted() throws(Problem) -> [UInt8] {
        let (beginning, beginningLine) = (place, line)
        index += 1
        var result: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                index += 1
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return result }
            }
            result.append(byte)
            if byte == UInt8(ascii: "\n") { endLine() } else { index += 1 }
        }
        throw Problem(
            line: beginningLine, column: column(of: beginning), message: "a quoted field is not closed")
    }

    private mutating func endLine() {
        index += 1
        line += 1
        lineStart = index
    }
}
