import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(1)))
struct BackendServerTests {
    @Test func aSettingThatRequestsWouldFailOnIsRefused() async throws {
        let changes: [(name: String, change: @Sendable (inout BackendServerConfiguration) -> Void)] = [
            ("limits.jsonByteCount is -1", { $0.limits.jsonByteCount = -1 }),
            ("limits.chunkByteCount is -1", { $0.limits.chunkByteCount = -1 }),
            ("limits.uploadByteCount is 9223372036854775807", { $0.limits.uploadByteCount = .max }),
            ("limits.fileByteCount is -1", { $0.limits.fileByteCount = -1 }),
            ("limits.pageRowCount is 0", { $0.limits.pageRowCount = 0 }),
            ("limits.pageByteCount is -1", { $0.limits.pageByteCount = -1 }),
            ("limits.batchRowCount is 0", { $0.limits.batchRowCount = 0 }),
            ("limits.batchRowCount is 9223372036854775807", { $0.limits.batchRowCount = .max }),
            ("limits.tailCount is -1", { $0.limits.tailCount = -1 }),
            ("presigned.thresholdByteCount is -1", { $0.presigned.thresholdByteCount = -1 }),
            ("presigned.partByteCount is 0", { $0.presigned.partByteCount = 0 }),
            ("jobs.slotCount is 0", { $0.jobs.slotCount = 0 }),
            ("jobs.memoryByteCount is -1", { $0.jobs.memoryByteCount = -1 }),
        ]
        try await withTemporaryDirectory { directory in
            for (name, change) in changes {
                var configuration = BackendServerConfiguration(dataDirectory: directory + "/data", port: 0)
                change(&configuration)
                let changed = configuration
                let error = #expect(throws: BackendServerError.self) { _ = try BackendServer(changed) }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message.contains("\(name); it has to be from ") == true, "\(error?.message ?? "")")
            }
            #expect(FileSystem.names(in: directory) == [])
        }
    }

    @Test func administrationFailsInItsOwnWords() async throws {
        try await withTemporaryDirectory { directory in
            let server = try await withEmbeddedBackend(in: directory) { backend in
                try FileSystem.rename(directory + "/synapse.db", to: directory + "/away.db")
                let error = await #expect(throws: BackendServerError.self) {
                    try await backend.server.createTenant(code: "other", name: "Other")
                }
                #expect(error?.code == .unavailable && error?.message.contains("was removed") == true)
                try FileSystem.rename(directory + "/away.db", to: directory + "/synapse.db")
                return backend.server
            }
            // The server has ended, and its database is closed.
            let made = await #expect(throws: BackendServerError.self) {
                try await server.createTenant(code: "other", name: "Other")
            }
            #expect(made?.code == .unavailable)
            let listed = await #expect(throws: BackendServerError.self) { _ = try await server.listTenants() }
            #expect(listed?.code == .unavailable)
        }
    }

    @Test func revokingTellsWhetherThereWasSuchAToken() async throws {
        try await withEmbeddedBackend { backend in
            let token = try await backend.server.createAccessToken(tenant: "default")
            let first = try await backend.server.revokeAccessToken(token)
            let second = try await backend.server.revokeAccessToken(token)
            #expect(first && !second)
        }
    }

    @Test func whatIsPrintedOfAServerLeavesItsTokenOut() async throws {
        try await withEmbeddedBackend { backend in
            let running = RunningBackend(url: backend.url, adminToken: backend.adminToken, server: backend.server)
            var dumped = ""
            dump(running, to: &dumped)
            dump(backend.server, to: &dumped)
            for text in ["\(running)", String(reflecting: running), "\(backend.server)", dumped] {
                #expect(!text.contains(backend.adminToken))
            }
            #expect("\(running)".contains(backend.url) && dumped.contains(backend.url))
        }
    }
}
