/// One page of a list.
///
/// A row that can't be read is marked and kept, with its place and its text; it never costs the page.
///
/// Source: docs/wire-protocol.md, "Paging".
public struct Page<Element: WireModel>: Sendable {
    /// How many rows the list has over all pages; `nil` where the server does not count.
    public var count: Int?
    /// The URL of the next page, absolute or relative; `nil` on the last one.
    public var next: String?
    /// The URL of the page before; `nil` on the first one.
    public var previous: String?
    /// The rows in order, each read or marked as odd.
    public var rows: [Result<Element, OddRow>]

    /// Makes a page.
    public init(count: Int?, next: String?, previous: String?, rows: [Result<Element, OddRow>]) {
        self.count = count
        self.next = next
        self.previous = previous
        self.rows = rows
    }

    /// The rows that could be read, in order.
    public var results: [Element] {
        rows.compactMap { try? $0.get() }
    }

    /// The rows that could not be read, in order.
    public var oddRows: [OddRow] {
        rows.compactMap { row in
            if case .failure(let odd) = row { odd } else { nil }
        }
    }

    /// Reads `{"count", "next", "previous", "results"}`, or a bare array of rows.
    ///
    /// - Throws: ``JSONError`` when the document is neither, or is not JSON.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        let envelope = try PageEnvelope(parsing: bytes, limits: limits)
        count = try envelope.row?.readIfPresent("count")
        next = try envelope.row?.readIfPresent("next")
        previous = try envelope.row?.readIfPresent("previous")
        rows = []
        rows.reserveCapacity(envelope.results.count)
        // A loop: `enumerated().map` is not specialised and costs as much as a row.
        for result in envelope.results {
            do throws(JSONError) {
                switch result {
                case .row(let row): rows.append(.success(try Element(row: row)))
                case .other(let raw): throw raw.mismatch("an object")
                }
            } catch {
                let place = "results[\(rows.count)]"
                rows.append(.failure(OddRow(index: rows.count, error: error.nested(in: place), raw: result.raw)))
            }
        }
    }
}

/// A row of a page that could not be read.
public struct OddRow: Error, Sendable, CustomStringConvertible {
    /// Its place in the page, from 0.
    public var index: Int
    /// What is odd, with the path inside the page.
    public var error: JSONError
    /// The row as received.
    public var raw: RawJSON

    /// Makes a marked row.
    public init(index: Int, error: JSONError, raw: RawJSON) {
        self.index = index
        self.error = error
        self.raw = raw
    }

    /// The problem in one line.
    public var description: String { error.description }
}

/// The outline of a page, found in one pass over the bytes.
private struct PageEnvelope {
    enum Entry {
        case row(JSONRow)
        case other(RawJSON)

        var raw: RawJSON {
            switch self {
            case .row(let row): row.raw
            case .other(let raw): raw
            }
        }
    }

    var row: JSONRow?
    var results: [Entry]

    init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        try limits.check(byteCount: bytes.count)
        (row, results) = try JSONScanner.scan(bytes, 0..<bytes.count, maximumDepth: limits.maximumDepth) {
            (scanner: inout JSONScanner) throws(JSONError) -> (JSONRow?, [Entry]) in
            scanner.skipWhitespace()
            guard scanner.position < scanner.end else {
                throw scanner.failure(.syntax, "The document is empty, a page was expected.")
            }
            if scanner.byte(scanner.position) == UInt8(ascii: "[") {
                let entries = try Self.entries(&scanner, bytes, depth: 1)
                try scanner.expectEnd()
                return (nil, entries)
            }
            return try Self.object(&scanner, bytes)
        }
    }

    private static func object(
        _ scanner: inout JSONScanner, _ bytes: [UInt8]
    ) throws(JSONError) -> (JSONRow?, [Entry]) {
        let start = scanner.position
        guard scanner.byte(start) == UInt8(ascii: "{") else {
            try scanner.skipValue(depth: 0)
            throw JSONError(.type, "Expected a page (an object with 'results'), found another type.")
        }
        var members: [JSONRow.Member] = []
        var results: [Entry]?
        try scanner.open(1)
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let key = try scanner.memberName()
                let valueStart = scanner.position
                let isList = scanner.position < scanner.end && scanner.byte(scanner.position) == UInt8(ascii: "[")
                // As everywhere, the last of a repeated name counts.
                let isResults = scanner.string(key) == "results"
                if isResults, isList {
                    results = try entries(&scanner, bytes, depth: 2)
                } else {
                    if isResults { results = nil }
                    try scanner.skipValue(depth: 1)
                }
                members.append(JSONRow.Member(key: key, value: valueStart..<scanner.position))
            } while try !scanner.isAtEnd(of: UInt8(ascii: "}"), "',' or '}' in an object")
        }
        let end = scanner.position
        try scanner.expectEnd()
        guard let results else { throw JSONError(.missing, "The page has no list of rows.", path: "results") }
        return (JSONRow(storage: bytes, range: start..<end, members: members), results)
    }

    private static func entries(
        _ scanner: inout JSONScanner, _ bytes: [UInt8], depth: Int
    ) throws(JSONError) -> [Entry] {
        var entries: [Entry] = []
        try scanner.open(depth)
        if scanner.take(UInt8(ascii: "]")) { return entries }
        repeat {
            scanner.skipWhitespace()
            let start = scanner.position
            if start < scanner.end, scanner.byte(start) == UInt8(ascii: "{") {
                let members = try scanner.indexObject(depth: depth + 1)
                entries.append(.row(JSONRow(storage: bytes, range: start..<scanner.position, members: members)))
            } else {
                try scanner.skipValue(depth: depth)
                entries.append(.other(RawJSON(storage: bytes, range: start..<scanner.position)))
            }
        } while try !scanner.isAtEnd(of: UInt8(ascii: "]"), "',' or ']' in an array")
        return entries
    }
}
