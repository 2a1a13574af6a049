import Crypto
import SynapseModels

/// How a list carries annotation data: `response_mode` of the query.
///
/// Source: docs/wire-protocol.md, "Data and files alone".
enum DataDelivery: Sendable {
    case inline
    /// As signed addresses, whoever the data belongs to.
    case presigned(LinkMaker)

    init(_ scope: RequestScope) throws(APIError) {
        switch scope.query["response_mode"] {
        case nil, ResponseMode.inline.rawValue?: self = .inline
        case ResponseMode.presigned.rawValue?: self = .presigned(scope.links)
        case let word?: throw APIError.field("response_mode", "\"\(word.prefix(50))\" is not a valid choice.")
        }
    }
}

/// Whose annotation data a signed address leads to.
struct DataOwner: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case task
        case assignment
    }

    let kind: Kind
    let id: Int64

    /// The name in the address: with a hyphen, which no name of a stored file has, so that neither's signature fits
    /// the other.
    var name: String { "\(kind.rawValue)-\(id)" }

    init(_ kind: Kind, _ id: Int64) {
        self.kind = kind
        self.id = id
    }

    init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let id = Int64(parts[1]), id >= 0 else {
            return nil
        }
        self.init(kind, id)
    }

    static func digest(_ data: String) -> String { Hexadecimal.text(SHA256.hash(data: Array(data.utf8))) }
}

extension JSONWriter {
    /// Writes annotation data as it is asked for.
    mutating func data(_ wanted: FieldSelection, _ data: String?, of owner: DataOwner, _ delivery: DataDelivery) {
        guard wanted.contains("data") else { return }
        guard let data, case .presigned(let links) = delivery else {
            member("data", data.map(RawJSON.init(stored:)))
            return
        }
        let digest = DataOwner.digest(data)
        presigned(links.data(of: owner, digest: digest), data, digest: digest)
    }

    /// Writes where data can be fetched instead of the data.
    mutating func presigned(_ url: String, _ data: String, digest: String) {
        member("data") { writer in
            writer.object { writer in
                writer.member("mode", ResponseMode.presigned)
                writer.member("presigned_url", url)
                writer.member("size", data.utf8.count)
                writer.member("data_digest", digest)
            }
        }
    }
}
