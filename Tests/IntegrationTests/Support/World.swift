import Foundation
import SynapseClient
import SynapseModels
import SynapseTestSupport

/// A real backend on a socket and a client of it, with a collection and a project to work in.
struct World: Sendable {
    let backend: EmbeddedBackend
    let client: BackendClient
    let collection: DataCollection.ID
    let project: Project.ID
    /// A folder for files of the test.
    let folder: String

    /// The port of the backend.
    var port: Int { Int(backend.url.split(separator: ":").last ?? "") ?? 0 }

    /// A client that reaches the backend through another address, such as a proxy's.
    func withClient<Result>(
        at url: String, change: (inout ClientConfiguration) -> Void = { _ in },
        _ body: (BackendClient) async throws -> Result
    ) async throws -> Result {
        try await withBackendClient(Self.configuration(url, backend.adminToken, change), body)
    }

    /// Writes files of a number of bytes each, all different.
    func files(_ count: Int, byteCount: Int = 100) throws -> [String] {
        try (0..<count).map { index in
            var bytes = [UInt8](repeating: UInt8(index % 251), count: max(byteCount, 8))
            for (place, shift) in stride(from: 0, to: 64, by: 8).enumerated() {
                bytes[place] = UInt8(index >> shift & 255)
            }
            let path = "\(folder)/file-\(index).bin"
            try Data(bytes).write(to: URL(filePath: path))
            return path
        }
    }

    fileprivate static func configuration(
        _ url: String, _ token: String, _ change: (inout ClientConfiguration) -> Void
    ) -> ClientConfiguration {
        var configuration = ClientConfiguration(baseURL: url, credentials: .init(accessToken: Secret(token)))
        configuration.checkpoints = .memory
        configuration.retry.firstStep = .milliseconds(5)
        configuration.retry.largestStep = .milliseconds(20)
        change(&configuration)
        return configuration
    }
}

/// Runs a backend with a client, a collection of one kind of file, and a project on it.
func withWorld<Result: Sendable>(_ body: (World) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { folder in
        try await withEmbeddedBackend { backend in
            try await withBackendClient(World.configuration(backend.url, backend.adminToken) { _ in }) { client in
                let collection = try await client.createDataCollection(
                    DataCollectionCreate(
                        name: "things", category: .data,
                        fileSpecifications: [FileSpecification(name: "file", fileType: .data, isRequired: true)])
                ).id
                let project = try await client.createProject(
                    ProjectCreate(title: "label them", category: .image, dataCollection: collection)
                ).id
                return try await body(
                    World(backend: backend, client: client, collection: collection, project: project, folder: folder))
            }
        }
    }
}
