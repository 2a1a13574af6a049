import HTTPTypes

/// Which part of a list is asked for.
///
/// Source: docs/wire-protocol.md, "Paging".
enum ListWindow: Sendable, Equatable {
    case page(number: Int, size: Int)
    case slice(offset: Int, limit: Int)
    /// Rows behind an identifier, without a count.
    case cursor(after: Int64?, size: Int)

    static let defaultSize = 100

    /// How many rows it has at most.
    var size: Int {
        switch self {
        case .page(_, let size), .slice(_, let size), .cursor(_, let size): size
        }
    }

    /// The query key that makes the window smaller.
    var sizeKey: String {
        if case .slice = self { "limit" } else { "page_size" }
    }

    init(_ query: QueryParameters, maximumSize: Int) throws(APIError) {
        let size = try Self.size(query, "page_size", maximumSize) ?? Self.defaultSize
        if query["pagination"] == "cursor" {
            guard let text = query["cursor"] else {
                self = .cursor(after: nil, size: size)
                return
            }
            guard let id = Int64(text), id >= 0 else { throw APIError(.notFound, "Invalid cursor.") }
            self = .cursor(after: id, size: size)
        } else if query.contains("limit") || query.contains("offset"), !query.contains("page") {
            let limit = try Self.size(query, "limit", maximumSize) ?? size
            guard let offset = Int(query["offset"] ?? "0"), offset >= 0 else {
                throw APIError.field("offset", "A valid integer of at least 0 is required.")
            }
            self = .slice(offset: offset, limit: limit)
        } else {
            guard let number = Int(query["page"] ?? "1"), number >= 1 else { throw APIError.invalidPage }
            self = .page(number: number, size: size)
        }
    }

    /// A larger size than allowed is refused rather than cut: a client that counts pages would lose rows unseen.
    private static func size(_ query: QueryParameters, _ key: String, _ maximum: Int) throws(APIError) -> Int? {
        guard let text = query[key] else { return nil }
        guard let size = Int(text), (1...maximum).contains(size) else {
            throw APIError.field(key, "A valid integer from 1 to \(maximum) is required.")
        }
        return size
    }
}
