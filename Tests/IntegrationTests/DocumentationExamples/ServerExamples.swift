import Logging
import ServiceLifecycle
import SynapseClient
import SynapseServer
import UnixSignals

enum ServerExamples {
    static func run() async throws {
        let server = try BackendServer(BackendServerConfiguration(dataDirectory: "./synapse-data", port: 8000))
        let services = ServiceGroup(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "backend")
        )
        try await services.run()
    }

    static func configure(_ folder: String) -> BackendServerConfiguration {
        var configuration = BackendServerConfiguration(
            dataDirectory: folder, host: "0.0.0.0", port: 8000, publicURL: "https://synapse.example.com"
        )
        configuration.limits.fileByteCount = 1 << 30
        configuration.shutdownGrace = .seconds(60)
        return configuration
    }

    static func jobs(_ configuration: inout BackendServerConfiguration) {
        configuration.jobs.slotCount = 4
        configuration.jobs.timeLimit = .seconds(3600)
        configuration.jobs.memoryByteCount = 8 << 30
        configuration.jobs.isEnabled = false
    }

    static func cluster(_ configuration: inout BackendServerConfiguration) {
        configuration.jobs.ray = "http://ray.example.com:8265"
        configuration.publicURL = "https://synapse.example.com"
    }

    static func tenants(_ server: BackendServer) async throws -> String {
        try await server.createTenant(code: "acme", name: "Acme")
        let token = try await server.createAccessToken(tenant: "acme", description: "labelling")
        return token
    }

    static func embed(_ folder: String) async throws -> Int? {
        try await withBackendServer(BackendServerConfiguration(dataDirectory: folder, port: 0)) { backend in
            let configuration = ClientConfiguration(
                baseURL: backend.url, credentials: .init(accessToken: Secret(backend.adminToken))
            )
            return try await withBackendClient(configuration) { client in
                _ = try await client.createProject(ProjectCreate(title: "test", category: .image))
                return try await client.listProjects().count
            }
        }
    }
}
