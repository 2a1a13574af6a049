import SynapseClient
import SynapseTestSupport
import Testing

/// Many data units at once: order kept, one bad item costs no other, nothing is sent twice.
@Suite(.timeLimit(.minutes(1)))
struct CollectionUploadTests {
    /// A backend that keeps digests and numbers units from 100.
    private func transport(
        existing: Set<String> = [], refuse: @escaping @Sendable (JSONValue) -> Bool = { _ in false },
        namesPlaces: Bool = true
    ) -> ScriptedTransport {
        let units = Shared(100)
        return ScriptedTransport { sent in
            switch sent.path {
            case "/data_files/verify_checksums/":
                let asked = (try? JSONValue(parsing: sent.body))?["checksums"]?.arrayValue ?? []
                let known = asked.filter { existing.contains($0.stringValue ?? "") }
                return .json("{\"existing_checksums\":\(JSONValue.array(known))}")
            case "/data_files/":
                let content = MultipartReader.parts(sent.body, contentType: sent.headers["content-type"] ?? "")[0]
                    .content
                if content == Array("bad".utf8) { return .json(#"{"detail":"infected"}"#, status: 400) }
                return .json("{\"id\":1,\"checksum\":\"other-kind\",\"size\":\(content.count)}", status: 201)
            case "/data_units/":
                let list = (try? JSONValue(parsing: sent.body))?.arrayValue ?? []
                if let place = list.firstIndex(where: refuse) {
                    let error = #"{"files":["odd"]}"#
                    let errors = list.indices.map { $0 == place ? error : "{}" }.joined(separator: ",")
                    return .json(namesPlaces ? "[\(errors)]" : #"{"detail":"odd"}"#, status: 400)
                }
                let first = units.value
                units.change { $0 += list.count }
                return .json("[\(list.indices.map { "{\"id\":\(first + $0)}" }.joined(separator: ","))]", status: 201)
            default:
                let list = (try? JSONValue(parsing: sent.body))?["data"]?.arrayValue ?? []
                let rows = list.map { "{\"id\":\(1000 + ($0["data_unit"]?.integerValue ?? 0))}" }
                return .json("[\(rows.joined(separator: ","))]", status: 201)
            }
        }
    }

    private func items(_ files: [TemporaryFile]) -> [OrganizedFile] {
        files.map { OrganizedFile(files: ["image_1": $0.path], meta: ["path": .string($0.path)]) }
    }

    @Test
    func `One bad file costs its own item`() async throws {
        let files = try (0..<5).map { try TemporaryFile(Array(($0 == 2 ? "bad" : "file \($0)").utf8)) }
        var items = items(files)
        items[4].files = ["image_1": "/no/such/file"]
        let transport = transport()
        let result = try await makeClient(transport: transport).uploadDataCollection(3, items: items, projectID: 9)
        #expect(result.items.map(\.dataUnit) == [100, 101, nil, 102, nil])
        #expect(result.items.map(\.task) == [1100, 1101, nil, 1102, nil])
        #expect(result.failedIndices == [2, 4])
        #expect(result.items[2].error?.code == .validationFailed)
        #expect(result.items[4].error?.code == .fileUnreadable)
    }

    @Test(arguments: [true, false])
    func `One bad unit costs its own item, whether the server names it or not`(namesPlaces: Bool) async throws {
        let files = try (0..<7).map { try TemporaryFile(Array("file \($0)".utf8)) }
        let bad = files[4].path
        let transport = transport(refuse: { $0["meta"]?["path"]?.stringValue == bad }, namesPlaces: namesPlaces)
        let result = try await makeClient(transport: transport).uploadDataCollection(3, items: items(files))
        #expect(result.failedIndices == [4])
        #expect(result.dataUnits.count == 6)
        #expect(result.items.indices.allSatisfy { $0 == 4 || result.items[$0].dataUnit != nil })
    }

    @Test
    func `What the server has is not sent, and equal files go once`() async throws {
        let files = try ["known", "new", "new"].map { try TemporaryFile(Array($0.utf8)) }
        let transport = transport(existing: [try FileSource(path: files[0].path).md5()])
        let result = try await makeClient(transport: transport).uploadDataCollection(3, items: items(files))
        #expect(transport.requests.filter { $0.path == "/data_files/" }.count == 1)
        #expect(result.items.map(\.uploadedFileCount) == [0, 1, 0])
        // The third is equal to the second, so that it need not be sent.
        #expect(result.items.map(\.existingFileCount) == [1, 0, 1])
        #expect(result.dataUnits == [100, 101, 102])
    }

    @Test
    func `Batches are as large as asked, and progress ends at the end`() async throws {
        let files = try (0..<5).map { try TemporaryFile(Array("file \($0)".utf8)) }
        let seen = Shared<[CollectionUploadProgress]>([])
        let transport = transport()
        _ = try await makeClient(transport: transport).uploadDataCollection(
            3, items: items(files), batchSize: 2, onProgress: { step in seen.change { $0.append(step) } })
        #expect(transport.requests.filter { $0.path == "/data_units/" }.count == 3)
        #expect(seen.value.last?.finishedUnitItemCount == 5)
        #expect(seen.value.last?.finishedFileItemCount == 5)
        #expect(seen.value.last?.uploadedByteCount == 30)
    }
}
