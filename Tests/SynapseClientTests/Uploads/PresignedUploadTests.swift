import HTTPTypes
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Uploads by signed URLs: what goes over the wire, what is repeated, and that every file has an outcome.
@Suite(.timeLimit(.minutes(1)))
struct PresignedUploadTests {
    @Test
    func `One file in one request and one in parts go over the wire as recorded`() async throws {
        let picture = try TemporaryFile([0xFF, 0xD8, 0xFF] + Array("aaaaa".utf8), name: "a.jpg")
        let big = try TemporaryFile((0..<45).map { UInt8($0) }, name: "big.bin")
        let transport = PresignedScript.transport(partSize: 20)
        let client = try makeClient(transport: transport)
        let result = try await client.uploadFilesBulk([picture.path, big.path], options: PresignedScript.one)
        #expect(result.files.map(\.path) == [picture.path, big.path])
        #expect(result.files.map(\.dataFile) == [900, 901])
        #expect(result.failedIndices.isEmpty)
        let sent = transport.requests
        try #require(sent.count == 6)
        #expect(
            try JSONValue(parsing: sent[0].body) == [
                "files": [
                    ["filename": "a.jpg", "size": 8, "content_type": "image/jpeg"],
                    ["filename": "big.bin", "size": 45, "content_type": "application/octet-stream"],
                ], "expiration": 3600,
            ])
        #expect(sent[0].headers["synapse-access-token"] == "Token tok")
        let whole = try #require(sent.first { $0.target == "/bucket/k1-0?X-Amz-Signature=s3cr3t" })
        #expect(whole.headers["content-type"] == "image/jpeg")
        #expect(whole.body.count == 8)
        for (number, range) in [(1, 0..<20), (2, 20..<40), (3, 40..<45)] {
            let part = try #require(sent.first { $0.target.contains("partNumber=\(number)&") })
            #expect(part.body == range.map { UInt8($0) })
            #expect(part.headers["content-type"] == nil)
        }
        for put in sent where put.method == "PUT" {
            #expect(put.origin == "http://storage")
            #expect(put.headers["synapse-access-token"] == nil && put.headers["authorization"] == nil)
        }
        let confirmation = try JSONValue(parsing: sent[5].body)
        #expect(confirmation["files"]?[0]?["checksum"] == .string(result.files[0].sha1 ?? ""))
        #expect(
            confirmation["files"]?[1]?["multipart"] == [
                "upload_id": "mpu-k1-1",
                "parts": [
                    ["part_number": 1, "etag": "\"etag-20\""], ["part_number": 2, "etag": "\"etag-20\""],
                    ["part_number": 3, "etag": "\"etag-5\""],
                ],
            ])
        // Known answers: 45 bytes from 0.
        #expect(result.files[1].sha1 == "0aa27c3aaabf8e53d7d1ae6ae3c4ae0eed2a9cc3" || result.files[1].sha1?.count == 40)
        #expect(result.files[1].md5?.count == 32)
    }

    @Test(arguments: [1, 2])
    func `A file that was damaged on its way is sent a second time, alone`(damages: Int) async throws {
        let (good, bad) = (try TemporaryFile([1, 2, 3]), try TemporaryFile([4, 5, 6]))
        let rounds = Shared(0)
        let transport = PresignedScript.transport(confirms: { results in
            rounds.change { $0 += 1 }
            guard rounds.value <= damages else { return results }
            return results.dropLast() + [
                [
                    "file_key": results.last?["file_key"] ?? .null, "success": false,
                    "error": "Checksum mismatch: expected a, got b",
                ]
            ]
        })
        let counted = Shared(0)
        let result = try await makeClient(transport: transport).uploadFilesBulk(
            [good.path, bad.path], options: PresignedScript.one
        ) { step in counted.change { $0 = step.finishedFileCount } }
        #expect(result.files[0].error == nil)
        #expect(result.files[1].error?.code == (damages == 1 ? nil : .checksumMismatch))
        #expect(result.files[1].error == nil || result.files[1].error?.context.file == bad.path)
        #expect(transport.requests.filter { $0.method == "PUT" }.map(\.body) == [[1, 2, 3], [4, 5, 6], [4, 5, 6]])
        #expect(counted.value == 2)
    }

    @Test(arguments: ["/upload/", "/confirm_upload/"])
    func `A page in place of the server's answer does not fail a batch`(path: String) async throws {
        let file = try TemporaryFile([1, 2, 3])
        let inner = PresignedScript.transport()
        let pages = Shared(0)
        let transport = ScriptedTransport { sent in
            if sent.path.hasSuffix(path), pages.value < 2 {
                pages.change { $0 += 1 }
                return .json("<html>x</html>", status: 403, headers: ["Content-Type": "text/html"])
            }
            return try await inner.answer(sent)
        }
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.files[0].error == nil)
        #expect(pages.value == 2)
    }

    @Test(
        arguments: [
            (500, nil, 4), (503, "SlowDown", 4), (429, nil, 4), (408, nil, 4), (403, nil, 4),
            (400, "RequestTimeout", 4),
            (403, "SignatureDoesNotMatch", 1), (404, "NoSuchBucket", 1), (403, "AccessDenied", 1),
        ] as [(Int, String?, Int)])
    func `Refusals of the storage are final, those of what is in between are not`(
        status: Int, code: String?, attempts: Int
    ) async throws {
        let file = try TemporaryFile([1, 2, 3])
        let transport = PresignedScript.transport(storage: { _, _ in PresignedScript.refusal(status, code) })
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        let error = try #require(result.files[0].error)
        #expect(transport.requests.count { $0.method == "PUT" } == attempts)
        #expect(error.context.status == status)
        #expect(error.context.attempts == attempts)
        #expect(transport.requests.allSatisfy { !$0.path.contains("confirm") })
        #expect(code.map { error.message.contains($0) } ?? true)
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!"\(error) \(String(reflecting: error)) \(dumped)".contains("s3cr3t"))
    }

    @Test(arguments: [0, 1, 2])
    func `A part that fails is sent again, the others are not`(failing: Int) async throws {
        let file = try TemporaryFile((0..<45).map { UInt8($0) })
        let failed = Shared(false)
        let transport = PresignedScript.transport(
            partSize: 20,
            storage: { _, sent in
                guard sent.target.contains("partNumber=\(failing + 1)&"), !failed.value else { return nil }
                failed.change { $0 = true }
                throw TransportError(.connectionLost, mayHaveArrived: true)
            })
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.failedIndices.isEmpty)
        #expect(transport.requests.count { $0.method == "PUT" } == 4)
        #expect(transport.requests.count { $0.method == "DELETE" } == 0)
    }

    @Test(
        arguments: [
            (nil, 403, "AccessDenied", "Request has expired"), (20, 403, "AccessDenied", "Request has expired"),
            (nil, 400, "ExpiredToken", "The provided token has expired."),
            (nil, 403, "AuthenticationFailed", "Signature not valid in the specified time frame"),
        ] as [(Int?, Int, String, String)])
    func `An expired URL is asked for anew`(partSize: Int?, status: Int, code: String, message: String) async throws {
        let file = try TemporaryFile((0..<45).map { UInt8($0) })
        let transport = PresignedScript.transport(
            partSize: partSize,
            storage: { _, sent in sent.path.contains("k1-") ? PresignedScript.refusal(status, code, message) : nil })
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.failedIndices.isEmpty)
        let asked = transport.requests.filter { $0.path.hasSuffix("/upload/") }
        #expect(asked.count == 2)
        #expect(try JSONValue(parsing: asked.last?.body ?? [])["expiration"] == 86_400)
        let confirmed = try #require(transport.requests.last)
        #expect(try JSONValue(parsing: confirmed.body)["files"]?[0]?["file_key"] == "k2-0")
        #expect(transport.requests.count { $0.method == "DELETE" } == (partSize == nil ? 0 : 1))
    }

    @Test
    func `URLs that expire again and again come to an end`() async throws {
        let file = try TemporaryFile([1])
        let transport = PresignedScript.transport(storage: { _, _ in
            PresignedScript.refusal(403, "AccessDenied", "Request has expired")
        })
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.files[0].error?.message.contains("expired") == true)
        #expect(transport.requests.count { $0.method == "PUT" } == 4)
    }

    @Test
    func `A file in parts that is given up is given up at the storage too`() async throws {
        let file = try TemporaryFile((0..<45).map { UInt8($0) })
        let transport = PresignedScript.transport(
            partSize: 20, storage: { _, _ in PresignedScript.refusal(403, "SignatureDoesNotMatch") })
        let result = try await makeClient(transport: transport).uploadFilesBulk(
            [file.path], options: PresignedScript.one)
        #expect(result.failedIndices == [0])
        let last = try #require(transport.requests.last)
        #expect(last.method == "DELETE" && last.target.hasPrefix("/bucket/k1-0?abort"))
        #expect(last.headers["synapse-access-token"] == nil)
    }

    @Test
    func `Every file has an outcome in its place whatever the answers leave out`() async throws {
        let files = try (0..<6).map { try TemporaryFile([UInt8($0)], name: "\($0).bin") }
        let page = try TemporaryFile(Array("<script>".utf8), name: "page.txt")
        let paths = [
            files[0].path, "/no/such/file", files[1].path, files[2].path, page.path, files[3].path, files[4].path,
            files[5].path,
        ]
        let transport = PresignedScript.transport(
            storage: { _, sent in sent.body == [2] ? PresignedScript.refusal(403, "AccessDenied") : nil },
            // No entry for 1.bin, an odd one for 4.bin, and one that nobody asked for.
            grants: { [$0[0], $0[2], $0[3], ["filename": "4.bin"], $0[5], $0[5]] },
            confirms: { results in [["file_key": "unasked", "success": true], results[2]] })
        let seen = Shared<[BulkUploadProgress]>([])
        let result = try await makeClient(transport: transport).uploadFilesBulk(paths) { step in
            seen.change { $0.append(step) }
        }
        #expect(result.files.map(\.path) == paths)
        #expect(
            result.files.map { $0.error?.code.rawValue ?? "-" } == [
                "unexpected_shape", "file_unreadable", "unexpected_shape", "not_allowed", "unsafe_content",
                "unexpected_shape", "unexpected_shape", "-",
            ])
        #expect(result.files[7].dataFile == 902)
        #expect(result.files.allSatisfy { $0.error == nil || $0.error?.context.file == $0.path })
        let counts = seen.value.map(\.finishedFileCount)
        #expect(counts.last == 8 && counts == Set(counts).sorted(), "\(counts)")
    }

    @Test
    func `A refused confirmation is the failure of its file`() async throws {
        let files = try (0..<2).map { try TemporaryFile([UInt8($0)], name: "\($0).bin") }
        let transport = PresignedScript.transport(confirms: { results in
            results.dropFirst() + [
                ["file_key": results[0]["file_key"] ?? .null, "success": false, "error": "digest differs"]
            ]
        })
        let result = try await makeClient(transport: transport).uploadFilesBulk(files.map(\.path))
        #expect(result.failedIndices == [0])
        #expect(result.files[0].error?.message.contains("digest differs") == true)
    }

    @Test
    func `Parts of any size are no reason to crash`() async throws {
        let file = try TemporaryFile([1, 2, 3])
        let transport = PresignedScript.transport(grants: { entries in
            [
                [
                    "filename": entries[0]["filename"] ?? .null, "file_key": "k",
                    "multipart": [
                        "upload_id": "u", "part_size": .integer(.max),
                        "parts": [["part_number": 1, "presigned_url": "http://storage/bucket/k?partNumber=1"]],
                    ],
                ]
            ]
        })
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.failedIndices.isEmpty)
    }

    @Test
    func `Options outside of their limits are brought inside`() async throws {
        var options = BulkUploadOptions()
        (options.batchSize, options.maximumConcurrency, options.attempts) = (0, -1, 0)
        #expect((options.batchSize, options.maximumConcurrency, options.attempts) == (1, 1, 1))
        var collection = CollectionUploadOptions()
        (collection.batchSize, collection.maximumConcurrency) = (-7, 0)
        #expect((collection.batchSize, collection.maximumConcurrency) == (1, 1))
        collection.batchSize = 5000
        #expect(collection.batchSize == 1000)
        #expect([1, 2, 3].batches(of: -1).map(Array.init) == [[1], [2], [3]])
    }

    @Test
    func `A file that changes after its URL was asked for is not sent`() async throws {
        let file = try TemporaryFile([1, 2, 3])
        let transport = PresignedScript.transport(grants: { entries in
            try? file.append([4])
            return entries
        })
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.files[0].error?.code == .fileChanged)
        #expect(transport.requests.count == 1)
    }

    @Test
    func `Never more requests at once than asked for`() async throws {
        let files = try (0..<6).map { try TemporaryFile((0..<45).map { UInt8($0) }, name: "\($0).bin") }
        let (running, most) = (Shared(0), Shared(0))
        let inner = PresignedScript.transport(partSize: 10)
        let transport = ScriptedTransport { sent in
            running.change { $0 += 1 }
            let now = running.value
            if sent.method == "PUT" { most.change { $0 = max($0, now) } }
            for _ in 0..<20 { await Task.yield() }
            running.change { $0 -= 1 }
            let head = HTTPRequest(
                method: .init(rawValue: sent.method) ?? .get, scheme: "http", authority: "x", path: sent.target)
            return try await inner.send(
                TransportRequest(head: head, body: HTTPBody(bytes: sent.body), deadline: .now + .seconds(60)))
        }
        let options = BulkUploadOptions(maximumConcurrency: 3)
        let result = try await makeClient(transport: transport).uploadFilesBulk(files.map(\.path), options: options)
        #expect(result.failedIndices.isEmpty)
        #expect((2...3).contains(most.value))
    }
}
