import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Uploads by signed URLs to a server or a storage that is away, silent, or no longer wanted.
@Suite(.timeLimit(.minutes(1)))
struct PresignedOutageTests {
    @Test
    func `Files go in batches, and a server that is gone is not tried file by file`() async throws {
        let files = try (0..<5).map { try TemporaryFile([UInt8($0)], name: "\($0).bin") }
        let transport = PresignedScript.transport()
        let options = BulkUploadOptions(batchSize: 2)
        let result = try await makeClient(transport: transport).uploadFilesBulk(files.map(\.path), options: options)
        #expect(result.failedIndices.isEmpty)
        #expect(transport.requests.count { $0.path.hasSuffix("/upload/") } == 3)
        let gone = ScriptedTransport { _ in throw TransportError(.refused, mayHaveArrived: false) }
        let lost = try await makeClient(transport: gone).uploadFilesBulk(files.map(\.path), options: options)
        #expect(
            lost.files.map { $0.error?.code } == [
                .connectionRefused, .connectionRefused, .notTried, .notTried, .notTried,
            ])
        #expect(gone.requests.allSatisfy { $0.path.hasSuffix("/upload/") })
    }

    @Test
    func `A storage that goes away for a while is waited for`() async throws {
        let files = try (0..<3).map { try TemporaryFile([UInt8($0)], name: "\($0).bin") }
        let transport = PresignedScript.transport(storage: { number, _ in
            if number < 20 { throw TransportError(.refused, mayHaveArrived: false) }
            return nil
        })
        let result = try await makeClient(transport: transport).uploadFilesBulk(
            files.map(\.path), options: PresignedScript.one)
        #expect(result.failedIndices.isEmpty, "\(result.files.map(\.error))")
    }

    @Test(arguments: [401, nil] as [Int?])
    func `What was sent is confirmed although the storage failed for another file`(status: Int?) async throws {
        let files = try (0..<4).map { try TemporaryFile([UInt8($0)], name: "\($0).bin") }
        let transport = PresignedScript.transport(storage: { _, sent in
            guard sent.body == [2] else { return nil }
            guard let status else { throw TransportError(.refused, mayHaveArrived: false) }
            return PresignedScript.refusal(status, "AccessDenied")
        })
        let result = try await makeClient(transport: transport).uploadFilesBulk(
            files.map(\.path), options: PresignedScript.one)
        #expect(result.files[0].dataFile != nil && result.files[1].dataFile != nil)
        #expect(result.files[2].error?.code == (status == nil ? .connectionRefused : .notSignedIn))
        // A storage that is gone is not tried file by file; one that refuses a file takes the next.
        #expect(result.files[3].error?.code == (status == nil ? .notTried : nil))
    }

    @Test
    func `A lost confirmation is asked for again`() async throws {
        let file = try TemporaryFile([1])
        let lost = Shared(false)
        let inner = PresignedScript.transport()
        let transport = ScriptedTransport { sent in
            if sent.path.hasSuffix("/confirm_upload/"), !lost.value {
                lost.change { $0 = true }
                throw TransportError(.connectionLost, mayHaveArrived: true)
            }
            return try await PresignedScript.forward(sent, to: inner)
        }
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.failedIndices.isEmpty)
        #expect(transport.requests.count { $0.path.hasSuffix("/confirm_upload/") } == 2)
    }

    @Test(arguments: [true, false])
    func `A server that puts parts together is given the time for it`(hasParts: Bool) async throws {
        let file = try TemporaryFile((0..<45).map { UInt8($0) })
        let confirms = Shared(0)
        let inner = PresignedScript.transport(partSize: hasParts ? 20 : nil)
        let transport = ScriptedTransport { sent in
            if sent.path.hasSuffix("/confirm_upload/") {
                confirms.change { $0 += 1 }
                if confirms.value < 10 { throw TransportError(.readTimeout, mayHaveArrived: true) }
            }
            return try await PresignedScript.forward(sent, to: inner)
        }
        let result = try await makeClient(transport: transport).uploadFilesBulk([file.path])
        #expect(result.files[0].error?.code == (hasParts ? nil : .readTimeout))
        #expect(confirms.value == (hasParts ? 10 : 4))
    }

    @Test
    func `A cancelled upload in parts is given up at the storage`() async throws {
        let file = try TemporaryFile((0..<45).map { UInt8($0) })
        let (isSending, isGivenUp) = (Shared(false), Shared(false))
        let inner = PresignedScript.transport(partSize: 20)
        let transport = ScriptedTransport { sent in
            if sent.method == "DELETE" {
                // As the real one does.
                try Task.checkCancellation()
                isGivenUp.change { $0 = true }
            }
            if sent.method == "PUT" {
                isSending.change { $0 = true }
                try await Task.sleep(for: .seconds(60))
            }
            return try await PresignedScript.forward(sent, to: inner)
        }
        let client = try makeClient(transport: transport)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.uploadFilesBulk([file.path], options: PresignedScript.one) }
                while !isSending.value { try await Task.sleep(for: .milliseconds(1)) }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(isGivenUp.value)
    }
}
