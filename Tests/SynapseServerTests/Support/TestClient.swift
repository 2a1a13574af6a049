import AsyncHTTPClient
import Crypto
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport

/// A plain HTTP client with a token, so that tests say what goes over the wire.
struct TestClient: Sendable {
    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
        subscript(key: String) -> JSONValue { json[key] ?? .null }
        var id: Int64 { self["id"].integerValue ?? -1 }
        var results: [JSONValue] { self["results"].arrayValue ?? [] }
    }

    let url: String
    var token: String?
    var headers: [(String, String)] = []

    init(_ backend: EmbeddedBackend, token: String? = nil) {
        url = backend.url
        self.token = token ?? backend.adminToken
    }

    func with(_ name: String, _ value: String) -> TestClient {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    func withoutToken() -> TestClient {
        var copy = self
        copy.token = nil
        return copy
    }

    func send(
        _ method: HTTPMethod, _ path: String, body: HTTPClientRequest.Body? = nil, type: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : url + path)
        request.method = method
        if let token { request.headers.add(name: "Synapse-Access-Token", value: "Token \(token)") }
        if let type { request.headers.add(name: "Content-Type", value: type) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = body
        do {
            return try await reply(to: request)
        } catch ChannelError.ioOnClosedChannel where method == .GET || method == .HEAD {
            // The shared client took a connection that was just being closed, by the end of another answer.
            return try await reply(to: request)
        }
    }

    private func reply(to request: HTTPClientRequest) async throws -> Reply {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let buffer = try await response.body.collect(upTo: 256 << 20)
        return Reply(status: Int(response.status.code), headers: response.headers, bytes: Array(buffer: buffer))
    }

    func get(_ path: String) async throws -> Reply { try await send(.GET, path) }

    func json(_ method: HTTPMethod, _ path: String, _ value: JSONValue) async throws -> Reply {
        try await send(method, path, body: .bytes(ByteBuffer(bytes: value.serialized())), type: "application/json")
    }

    func post(_ path: String, _ value: JSONValue) async throws -> Reply { try await json(.POST, path, value) }

    /// A multipart body as the Python SDK sends it: text parts first, no types.
    static func multipart(_ fields: [(String, String)] = [], file: [UInt8]?, filename: String = "file") -> [UInt8] {
        var text = ""
        for (name, value) in fields {
            text += "--b0undary\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        var bytes = Array(text.utf8)
        if let file {
            let head = "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(filename)\"\r\n\r\n"
            bytes += Array(head.utf8) + file + Array("\r\n".utf8)
        }
        return bytes + Array("--b0undary--\r\n".utf8)
    }

    func upload(_ bytes: [UInt8], filename: String = "a.png", fields: [(String, String)] = []) async throws -> Reply {
        try await send(
            .POST, "/data_files/",
            body: .bytes(ByteBuffer(bytes: Self.multipart(fields, file: bytes, filename: filename))),
            type: "multipart/form-data; boundary=b0undary")
    }

    func chunk(
        _ path: String, _ bytes: [UInt8], range: String, filename: String = "model.bin"
    ) async throws -> Reply {
        try await with("Content-Range", range).send(
            .PUT, path,
            body: .bytes(ByteBuffer(bytes: Self.multipart([("filename", filename)], file: bytes))),
            type: "multipart/form-data; boundary=b0undary")
    }

    static func md5(_ bytes: [UInt8]) -> String {
        Insecure.MD5.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

/// A project on a collection with units, as most tests need one.
struct Workspace: Sendable {
    let client: TestClient
    let project: Int64
    let collection: Int64

    init(_ client: TestClient) async throws {
        self.client = client
        let specification: JSONValue = [
            "name": "image_1", "file_type": "image", "is_required": true, "is_primary": true,
        ]
        collection = try await client.post(
            "/data_collections/", ["name": "c", "category": "image", "file_specifications": [specification]]
        ).id
        project = try await client.post(
            "/projects/", ["title": "p", "category": "image", "data_collection": .integer(collection)]
        ).id
    }

    func unitBody(_ checksum: String, path: String = "/data/a.png", meta: JSONValue = [:]) -> JSONValue {
        [
            "data_collection": .integer(collection), "meta": meta,
            "files": ["image_1": ["checksum": .string(checksum), "path": .string(path)]],
        ]
    }

    /// Makes units of contents that differ.
    func makeUnits(_ count: Int, from first: Int = 0) async throws -> [Int64] {
        var bodies: [JSONValue] = []
        for index in first..<(first + count) {
            let content = Array("content \(index)".utf8)
            _ = try await client.upload(content, filename: "\(index).png")
            bodies.append(
                unitBody(TestClient.md5(content), path: "/data/\(index).png", meta: ["index": .integer(Int64(index))]))
        }
        let reply = try await client.post("/data_units/", .array(bodies))
        return (reply.json.arrayValue ?? []).compactMap { $0["id"]?.integerValue }
    }

    func makeTasks(_ units: [Int64]) async throws -> [Int64] {
        let reply = try await client.post(
            "/tasks/",
            ["project": .integer(project), "data": .array(units.map { ["data_unit": .integer($0)] })])
        return (reply.json.arrayValue ?? []).compactMap { $0["id"]?.integerValue }
    }
}
