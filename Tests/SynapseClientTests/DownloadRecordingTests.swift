#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Files in the rows of a list, and downloads that break: the recorded requests, and what this client makes of the
/// recorded answers.
///
/// The reasons of the differences are in docs/recordings.md.
@Suite(.timeLimit(.minutes(1)))
struct DownloadRecordingTests {
    static let fixture = "recordings-downloads.json"
    static let image = "http://storage/m/a.jpg"

    @Test
    func `Addresses stay as they came unless something else is asked for`() async throws {
        let recording = try Recording.load(112, from: Self.fixture)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        #expect(try await Self.addresses(client.listAllTasks()) == [Self.image])
        recording.check(transport.requests)
    }

    @Test
    func `Files are fetched where that is asked for, without credentials`() async throws {
        // Recording 113: the other client takes the question and fetches nothing.
        let recording = try Recording.load(113, from: Self.fixture)
        let transport = recording.transport { sent in sent.origin == "http://storage" ? .json("picture") : nil }
        let client = try makeClient(transport: transport)
        let cache = FileCache(directory: try TemporaryFile.folder())
        for try await task in client.listAllTasks(urlConversion: .download(cache: cache)) {
            let path = try #require(task.files?.value["image_1"]?["path"]?.stringValue)
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(String(decoding: bytes, as: UTF8.self) == "picture")
        }
        var sent = transport.requests
        let fetch = sent.popLast()
        #expect(fetch?.target == "/m/a.jpg" && fetch?.headers["synapse-access-token"] == nil)
        recording.check(sent)
    }

    @Test(arguments: [114, 115])
    func `A closure rewrites addresses, for all pages and for one`(id: Int) async throws {
        // The documented form. The other client raises in 114 and leaves the addresses alone in 115.
        let recording = try Recording.load(id, from: Self.fixture)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let conversion = URLConversion.map { $0.replacing("http://storage", with: "https://cdn.example.com") }
        let found =
            if id == 114 {
                try await Self.addresses(client.listAllTasks(urlConversion: conversion))
            } else {
                try await client.listTasks(urlConversion: conversion).results.compactMap(Self.address)
            }
        #expect(found == ["https://cdn.example.com/m/a.jpg"])
        recording.check(transport.requests)
    }

    @Test(arguments: [120, 121, 122])
    func `Units without files, with empty entries and inside other work are rows like others`(id: Int) async throws {
        let recording = try Recording.load(id, from: Self.fixture)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        var units: [DataUnit] = []
        for try await unit in client.listAllDataUnits(urlConversion: .map { $0 + "#seen" }) { units.append(unit) }
        #expect(units.map(\.id) == [1])
        if id == 120 { #expect(units[0].files?["image_1"]?.url?.hasSuffix("#seen") == true) }
        recording.check(transport.requests)
    }

    @Test
    func `A file that is not there ends the list with its status`() async throws {
        let recording = try Recording.load(123, from: Self.fixture)
        let transport = recording.transport { sent in
            sent.origin == "http://storage" ? .json("nope", status: 404) : nil
        }
        let client = try makeClient(transport: transport)
        let conversion = URLConversion.download(
            cache: FileCache(directory: try TemporaryFile.folder()), maximumConcurrency: 1)
        let error = await failure {
            for try await _ in client.listAllDataUnits(urlConversion: conversion) {}
        }
        #expect(error?.code == .notFound)
        #expect(error?.description.contains("sig=1") == false)
        recording.check(Array(transport.requests.prefix(2)))
    }

    @Test(arguments: [124, 125, 126])
    func `A download that breaks is an error, leaves no file, and can be called again`(id: Int) async throws {
        let recording = try Recording.load(id, from: Self.fixture)
        let target = try #require(recording.requests.first?["path"]?.stringValue)
        let isWell = Shared(false)
        let transport = ScriptedTransport { _ in
            if isWell.value { return .json("whole") }
            return id == 126 ? .json(#"{"x":1}"#, status: 503) : Self.broken
        }
        let client = try makeClient(transport: transport)
        let folder = try TemporaryFile.folder()
        let error = await failure {
            _ = try await client.downloadFile(from: "http://storage\(target)", to: folder + "/file")
        }
        #expect(error?.code == (id == 126 ? .serviceUnavailable : .truncatedResponse))
        #expect(transport.requests.count == 4)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        isWell.change { $0 = true }
        let fetched = try await client.downloadFile(from: "http://storage\(target)", to: folder + "/file")
        #expect(fetched.byteCount == 5)
    }

    @Test
    func `Without a validator a broken download begins again`() async throws {
        // Recording 127: the other client asks for the rest, of whatever the file has become in between.
        let recording = try Recording.load(127, from: Self.fixture)
        let transport = ScriptedTransport { sent in
            sent.index == 0 ? Self.broken : .json(String(repeating: "x", count: 10_000))
        }
        let client = try makeClient(transport: transport)
        let folder = try TemporaryFile.folder()
        let fetched = try await client.downloadFile(from: "http://storage/m/model.zip?sig=3", to: folder + "/file")
        #expect(fetched.byteCount == 10_000)
        #expect(transport.requests.count == recording.requests.count)
        #expect(transport.requests.allSatisfy { $0.headers["range"] == nil && $0.query == "sig=3" })
    }

    /// 4000 of 10,000 bytes.
    static var broken: TransportResponse {
        var response = TransportResponse.json("", headers: ["Content-Length": "10000"])
        response.body = ResponseBody {
            let pieces = Shared(0)
            return {
                pieces.change { $0 += 1 }
                if pieces.value == 1 { return [UInt8](repeating: 0x78, count: 4000) }
                throw TransportError(.truncated, mayHaveArrived: true)
            }
        }
        return response
    }

    static func address(_ task: AnnotationTask) -> String? {
        task.files?.value["image_1"]?["url"]?.stringValue
    }

    static func addresses(_ tasks: PageSequence<AnnotationTask>) async throws -> [String] {
        var found: [String] = []
        for try await task in tasks { found += [address(task)].compactMap(\.self) }
        return found
    }
}
