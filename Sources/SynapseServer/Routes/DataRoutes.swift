import GRDB
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /data/{owner}/{filename}`: the annotation data behind a signed address.
///
/// The address names the digest of the data that was there when it was made. Data that was written since is not
/// answered under it: whoever counts on the digest gets that data or none.
/// Source: docs/wire-protocol.md, "Data and files alone".
enum DataRoutes {
    static func add(to table: inout RouteTable) {
        table.onOpen(.get, "data/{owner}/{filename}", get)
    }

    private static let get: RouteTable.OpenHandler = { scope in
        guard scope.parameters.count == 2 else { throw APIError.notFound }
        let filename = scope.parameters[1]
        guard let owner = DataOwner(name: scope.parameters[0]), filename.hasSuffix(suffix) else {
            throw APIError.notFound
        }
        guard
            scope.services.signer.isValid(
                name: scope.parameters[0], filename: filename, expires: scope.query["expires"] ?? "",
                signature: scope.query["signature"] ?? "")
        else { throw APIError(.forbidden, "The link is not valid or has expired.") }
        let data = try await scope.services.database.read { db in
            try String.fetchOne(
                db, sql: "SELECT data FROM \(owner.kind.rawValue) WHERE id = ?", arguments: [owner.id])
        }
        let digest = String(filename.dropLast(suffix.count))
        guard let data, DataOwner.digest(data) == digest else {
            throw APIError(.gone, "The data was written since the link was made; list it again.")
        }
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.eTag] = "\"\(digest)\""
        headers[.contentTypeOptions] = "nosniff"
        headers[.cacheControl] = "private, max-age=21600, immutable"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: data)))
    }

    private static let suffix = ".json"
}
