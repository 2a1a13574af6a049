import Crypto
import Foundation
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// The real client against the real server, with a proxy between them that does harm.
@Suite(.timeLimit(.minutes(2)))
struct FaultTests {
    static let chunkByteCount = 200_000

    @Test(arguments: [
        [FaultProxy.Fault.resetAfterSent(byteCount: 50_000)],
        [.resetAfterSent(byteCount: 450_000)],
        [.dropAnswer],
        [.dropAnswerNumber(2)],
        [.dropAnswerNumber(3), .dropAnswer],
        [.truncateAnswer(byteCount: 20)],
        [.refuse, .refuse],
        [.unavailable],
        [.resetAfterSent(byteCount: 250_000), .dropAnswer, .refuse, .unavailable],
    ])
    func `A chunked upload survives`(_ faults: [FaultProxy.Fault]) async throws {
        try await withWorld { world in
            let path = try world.files(1, byteCount: 3 * Self.chunkByteCount + 7)[0]
            let digest = try Self.digest(of: path)
            try await FaultProxy.withProxy(to: world.port, faults: faults) { proxy in
                try await world.withClient(at: proxy.url) { client in
                    let uploaded = try await client.createChunkedUpload(
                        path, chunkByteCount: Int64(Self.chunkByteCount))
                    #expect(uploaded.checksum == digest)
                    #expect(uploaded.upload.checksum == digest)
                    #expect(uploaded.upload.offset == 3 * Self.chunkByteCount + 7)
                }
                #expect(proxy.faultsTaken >= faults.count)
            }
        }
    }

    @Test func `A damaged chunk never becomes a file, and the file goes up all the same`() async throws {
        try await withWorld { world in
            let path = try world.files(1, byteCount: 500_000)[0]
            let faults: [FaultProxy.Fault] = [.flipBitOfSent(offset: 100_000)]
            try await FaultProxy.withProxy(to: world.port, faults: faults) { proxy in
                try await world.withClient(at: proxy.url) { client in
                    let uploaded = try await client.createChunkedUpload(path)
                    #expect(uploaded.upload.checksum == (try Self.digest(of: path)))
                }
                #expect(proxy.faultsTaken == 1)
            }
            // What was damaged is gone from the server, too.
            #expect(try await world.client.listChunkedUploads().count == 0)
        }
    }

    @Test func `Writes whose answers are lost are done once`() async throws {
        try await withWorld { world in
            // The first answer of each connection comes and shows that keys are honoured; later ones are lost.
            let faults = [FaultProxy.Fault](repeating: .dropAnswerNumber(2), count: 6)
            try await FaultProxy.withProxy(to: world.port, faults: faults) { proxy in
                try await world.withClient(at: proxy.url) { client in
                    _ = try await client.listProjects()
                    for index in 0..<4 {
                        _ = try await client.createProject(ProjectCreate(title: "once \(index)", category: .image))
                    }
                }
            }
            let titles = try await world.client.listProjects(ListQuery(search: "once")).results.compactMap(\.title)
            #expect(titles == ["once 0", "once 1", "once 2", "once 3"])
        }
    }

    @Test func `A list is walked whole, in order, once, while pages fail and rows are added`() async throws {
        try await withWorld { world in
            let file = try await world.client.createDataFile(try world.files(1)[0])
            #expect(!file.checksum.isEmpty)
            for index in 0..<400 {
                _ = try await world.client.createProject(ProjectCreate(title: "p\(index)", category: .image))
            }
            let faults: [FaultProxy.Fault] = [
                .truncateAnswer(byteCount: 900), .unavailable, .dropAnswer, .pass, .refuse, .dropAnswerNumber(3),
                .truncateAnswer(byteCount: 4000), .unavailable,
            ]
            try await FaultProxy.withProxy(to: world.port, faults: faults) { proxy in
                try await world.withClient(at: proxy.url) { client in
                    var titles: [String] = []
                    for try await project in client.listAllProjects(ListQuery(pageSize: 10)) {
                        titles.append(project.title ?? "")
                        if titles.count.isMultiple(of: 100), titles.count < 400 {
                            _ = try await world.client.createProject(ProjectCreate(title: "late", category: .image))
                        }
                    }
                    #expect(titles.filter { $0.hasPrefix("p") } == (0..<400).map { "p\($0)" })
                    #expect(titles.first == "label them")
                }
            }
        }
    }

    @Test func `A cancelled upload ends at once with a cancellation`() async throws {
        try await withWorld { world in
            let path = try world.files(1, byteCount: 2_000_000)[0]
            let faults: [FaultProxy.Fault] = [.stallAfterSent(byteCount: 300_000)]
            try await FaultProxy.withProxy(to: world.port, faults: faults) { proxy in
                try await world.withClient(at: proxy.url) { client in
                    let started = ContinuousClock.now
                    await #expect(throws: CancellationError.self) {
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask { _ = try await client.createChunkedUpload(path) }
                            while proxy.faultsTaken == 0 { await Swift.Task.yield() }
                            group.cancelAll()
                            try await group.next()
                        }
                    }
                    #expect(ContinuousClock.now - started < .seconds(30))
                }
            }
        }
    }

    private static func digest(of path: String) throws -> String {
        let data = try Data(contentsOf: URL(filePath: path))
        return Insecure.MD5.hash(data: data).map { String(format: "%02x", $0) }.joined()
    }
}
