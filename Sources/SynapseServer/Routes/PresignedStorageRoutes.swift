import GRDB
import HTTPTypes
import Hummingbird
import NIOCore

/// `PUT /presigned/{upload}/{piece}`: bytes that come by a signed URL, without credentials.
///
/// It stands for the storage of uploads by signed URLs and answers as one: failures that the sender must not repeat are
/// XML with a `Code`. Source: docs/wire-protocol.md, "Presigned upload".
enum PresignedStorageRoutes {
    private static let gathered = 1 << 20

    static func add(to table: inout RouteTable) {
        table.onOpen(.put, "presigned/{upload}/{piece}") { scope in
            do {
                return try await put(scope)
            } catch let refusal as Refusal {
                return refusal.response
            }
        }
        table.onOpen(.delete, "presigned/{upload}/{piece}") { scope in
            do {
                let (id, _) = try check(scope, .abort)
                let files = scope.services.files
                let names = try await scope.services.database.write { try PresignedUploadRepository().abort($0, id) }
                await files.cleanUp { files.removePieces(names) }
                return Response(status: .noContent)
            } catch let refusal as Refusal {
                return refusal.response
            }
        }
    }

    private static func put(_ scope: RouteTable.OpenScope) async throws -> Response {
        let (id, number) = try check(scope, .put)
        let files = scope.services.files
        let record = try await scope.services.database.read { try PresignedUploadRepository().find($0, id: id) }
        guard let record, let expected = record.byteCount(ofPiece: number) else {
            throw Refusal(.notFound, "NoSuchUpload", "The upload does not exist, or its time is over.")
        }
        guard record.dataFile == nil else {
            throw Refusal(.conflict, "OperationAborted", "The upload is complete.")
        }
        let headers = scope.request.headers
        if let length = headers[.contentLength].flatMap({ Int64($0) }), length != expected {
            throw Refusal(.badRequest, "InvalidRequest", "\(expected) bytes were announced, not \(length).")
        }
        // A part is read again when the file is put together.
        let incoming = files.makeIncomingFile(passesCache: false)
        let name = LocalFileStore.makeName()
        do {
            let digests = try await receive(scope.request, expected, incoming, files)
            if let wanted = headers[.contentMD5], wanted != base64(digests.md5) {
                throw Refusal(.badRequest, "BadDigest", "The Content-MD5 is not that of the bytes.")
            }
            try await files.run { try files.keepPiece(incoming.path, as: name) }
            let piece = PresignedPiece(number: number, name: name, digests: digests)
            let old = try await scope.services.database.write { db in
                do {
                    return try PresignedUploadRepository().keep(db, piece, of: id)
                } catch let error as APIError where error.status == .gone {
                    throw Refusal(.notFound, "NoSuchUpload", "The upload ended while its bytes came.")
                }
            }
            if let old { await files.cleanUp { files.removePieces([old]) } }
            var headers = HTTPFields()
            headers[.eTag] = "\"\(digests.md5)\""
            return Response(status: .ok, headers: headers)
        } catch {
            await removeUnlessKept(name, of: incoming, scope)
            throw error
        }
    }

    /// Takes the bytes of a piece away, unless a row has come to name them: a failure may also come after the commit.
    private static func removeUnlessKept(
        _ name: String, of incoming: IncomingFile, _ scope: RouteTable.OpenScope
    ) async {
        let (files, pool) = (scope.services.files, scope.services.database.pool)
        await files.cleanUp {
            incoming.discard()
            let isKept = try? pool.read { try PresignedUploadRepository().isKept($0, piece: name) }
            if isKept == false { files.removePieces([name]) }
        }
    }

    private static func receive(
        _ request: Request, _ expected: Int64, _ incoming: IncomingFile, _ files: LocalFileStore
    ) async throws -> ContentDigests {
        var held = ByteBuffer()
        var received: Int64 = 0
        for try await var buffer in request.body {
            received += Int64(buffer.readableBytes)
            guard received <= expected else {
                throw Refusal(.badRequest, "EntityTooLarge", "More than the announced \(expected) bytes came.")
            }
            held.writeBuffer(&buffer)
            if held.readableBytes >= gathered {
                let full = held
                try await files.run { try incoming.append(full) }
                held.clear()
            }
        }
        guard received == expected else {
            throw Refusal(.badRequest, "IncompleteBody", "\(received) of the announced \(expected) bytes came.")
        }
        let rest = held
        return try await files.run {
            try incoming.append(rest)
            return try incoming.finish()
        }
    }

    private static func check(
        _ scope: RouteTable.OpenScope, _ action: URLSigner.UploadAction
    ) throws -> (id: String, number: Int) {
        guard scope.parameters.count == 2, let number = Int(scope.parameters[1]) else { throw APIError.notFound }
        let verdict = scope.services.signer.check(
            scope.parameters[0], piece: number, action, expires: scope.query["expires"] ?? "",
            signature: scope.query["signature"] ?? "")
        switch verdict {
        case .valid: return (scope.parameters[0], number)
        case .expired: throw Refusal(.forbidden, "AccessDenied", "Request has expired")
        case .forged: throw Refusal(.forbidden, "SignatureDoesNotMatch", "The signature is not that of this request.")
        }
    }

    /// The form in which `Content-MD5` spells a digest.
    private static func base64(_ hexadecimal: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bytes: [UInt8] = []
        var rest = hexadecimal[...]
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).map { start + $0 < bytes.count ? Int(bytes[start + $0]) : 0 }
            let bits = group[0] << 16 | group[1] << 8 | group[2]
            for index in 0..<4 {
                text.append(start + index <= bytes.count ? alphabet[bits >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }
}

/// A failure as a storage service spells it.
private struct Refusal: Error {
    let status: HTTPResponse.Status
    let code: String
    let message: String

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    var response: Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/xml"
        let text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension HTTPField.Name {
    fileprivate static let contentMD5 = Self("Content-MD5") ?? .vary
}
