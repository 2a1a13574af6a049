import SynapseClient
import SynapseTestSupport
import Testing

@Test func anUploadSurvivesBadConnections() async throws {
    try await withEmbeddedBackend { backend in
        let faults: [FaultProxy.Fault] = [.refuse, .dropAnswer, .resetAfterSent(byteCount: 1000)]
        try await FaultProxy.withProxy(to: backend.port, faults: faults) { proxy in
            let token = Secret(backend.adminToken)
            let configuration = ClientConfiguration(baseURL: proxy.url, credentials: .init(accessToken: token))
            try await withBackendClient(configuration) { client in
                let uploaded = try await client.createChunkedUpload("\(#filePath)")
                #expect(uploaded.checksum.count == 32)
            }
            #expect(proxy.faultsTaken == 3)
        }
    }
}
