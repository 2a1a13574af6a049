import HTTPTypes
import SynapseClient
import SynapseModels
import SynapseTestSupport

/// A backend and a storage of uploads by signed URLs, played.
enum PresignedScript {
    /// Plays the backend and the storage.
    ///
    /// What `storage` answers to a PUT, by its number from 0; `nil` takes the bytes.
    static func transport(
        partSize: Int? = nil,
        storage: @escaping @Sendable (Int, ScriptedTransport.Sent) throws -> TransportResponse? = { _, _ in nil },
        grants: @escaping @Sendable ([JSONValue]) -> [JSONValue] = { $0 },
        confirms: @escaping @Sendable ([JSONValue]) -> [JSONValue] = { $0 }
    ) -> ScriptedTransport {
        let (puts, asked) = (Shared(0), Shared(0))
        return ScriptedTransport { sent in
            if sent.method == "PUT" {
                let number = puts.value
                puts.change { $0 += 1 }
                if let response = try storage(number, sent) { return response }
                return .json("", headers: ["ETag": "\"etag-\(sent.body.count)\""])
            }
            if sent.method == "DELETE" { return .json("", status: 204) }
            let files = (try JSONValue(parsing: sent.body))["files"]?.arrayValue ?? []
            if sent.path.hasSuffix("/confirm_upload/") {
                let results = files.enumerated().map { index, file -> JSONValue in
                    [
                        "file_key": file["file_key"] ?? .null, "checksum": file["checksum"] ?? .null,
                        "data_file_id": .integer(Int64(900 + index)), "success": true, "created": true, "error": .null,
                    ]
                }
                return .json((["results": .array(confirms(results))] as JSONValue).description)
            }
            asked.change { $0 += 1 }
            let round = asked.value
            let entries = files.enumerated().map { index, file in
                Self.grant(file, key: "k\(round)-\(index)", partSize: partSize)
            }
            return .json(
                (["files": .array(grants(entries)), "expires_at": "2099-01-01T00:00:00Z"] as JSONValue).description)
        }
    }

    private static func grant(_ file: JSONValue, key: String, partSize: Int?) -> JSONValue {
        let size = Int(file["size"]?.integerValue ?? 0)
        let name = file["filename"] ?? .null
        guard let partSize, size > partSize else {
            return [
                "filename": name, "file_key": .string(key),
                "presigned_url": .string("http://storage/bucket/\(key)?X-Amz-Signature=s3cr3t"), "multipart": .null,
            ]
        }
        let parts = (1...(size + partSize - 1) / partSize).map { number -> JSONValue in
            [
                "part_number": .integer(Int64(number)),
                "presigned_url": .string("http://storage/bucket/\(key)?partNumber=\(number)&X-Amz-Signature=s3cr3t"),
            ]
        }
        return [
            "filename": name, "file_key": .string(key), "presigned_url": .null,
            "multipart": [
                "upload_id": .string("mpu-\(key)"), "part_size": .integer(Int64(partSize)), "parts": .array(parts),
                "abort_url": .string("http://storage/bucket/\(key)?abort&X-Amz-Signature=s3cr3t"),
            ],
        ]
    }

    static func refusal(_ status: Int, _ code: String?, _ message: String = "no") -> TransportResponse {
        let text = code.map {
            "<?xml?><Error><Code>\($0)</Code><Message>\(message)</Message><StringToSign>s3cr3t</StringToSign></Error>"
        }
        return .json(text ?? "<html>proxy</html>", status: status, headers: ["Content-Type": "application/xml"])
    }

    /// Options of one request at a time.
    static let one = BulkUploadOptions(maximumConcurrency: 1)

    /// Hands a request on to another transport.
    static func forward(
        _ sent: ScriptedTransport.Sent, to inner: ScriptedTransport
    ) async throws -> TransportResponse {
        let head = HTTPRequest(
            method: .init(rawValue: sent.method) ?? .get, scheme: "http", authority: "x", path: sent.target)
        return try await inner.send(
            TransportRequest(head: head, body: HTTPBody(bytes: sent.body), deadline: .now + .seconds(60)))
    }
}
