import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Servers that answer an upload in chunks without going on: each comes to an end.
@Suite(.timeLimit(.minutes(1)))
struct UploadStallTests {
    @Test
    func `Two sides that never agree come to an end`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 3, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(throws: ClientError.self) {
            for _ in 1...10 {
                _ = machine.nextAction()
                try machine.handle(failure: UploadAnswers.failure(400, body: #"{"expected_offset":0}"#))
            }
        }
    }

    @Test
    func `Two servers that each know another offset come to an end, with pauses`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        var pauses = 0
        #expect(throws: ClientError.self) {
            for round in 1...20 {
                if case .pause = machine.nextAction() { pauses += 1 }
                try machine.handle(
                    failure: UploadAnswers.failure(400, body: #"{"expected_offset":\#(round % 2 == 0 ? 10 : 5)}"#))
            }
        }
        #expect(pauses == 2)
    }

    @Test
    func `Bytes that are lost and sent again are no progress, and no failure`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 2, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        try machine.handle(failure: UploadAnswers.failure(400, body: #"{"expected_offset":0}"#))
        #expect(machine.nextAction() == .send(0..<10, upload: UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .send(10..<20, upload: UploadAnswers.named))
        #expect(throws: ClientError.self) {
            try machine.handle(failure: UploadAnswers.failure(400, body: #"{"expected_offset":0}"#))
        }
    }

    @Test
    func `A server that lost bytes gets them again, with failures on the way`() throws {
        var machine = UploadStateMachine(
            byteCount: 100, chunkByteCount: 10, limits: .init(attempts: 3, patience: .seconds(120)))
        for offset in stride(from: 10, through: 90, by: 10) { try machine.handle(state: UploadAnswers.upload(offset)) }
        try machine.handle(failure: UploadAnswers.failure(400, body: #"{"expected_offset":0}"#))
        for offset in stride(from: 10, through: 90, by: 10) {
            try machine.handle(failure: UploadAnswers.failure(500), after: .seconds(500))
            while case .pause = machine.nextAction() {}
            try machine.handle(state: UploadAnswers.upload(offset), after: .seconds(500))
            #expect(!machine.isInTrouble)
        }
        #expect(machine.nextAction() == .send(90..<100, upload: UploadAnswers.named))
    }

    @Test
    func `A server that takes chunks and stays where it is comes to an end`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 3, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        for failures in 1...2 {
            #expect(machine.nextAction() == .send(10..<20, upload: UploadAnswers.named))
            try machine.handle(state: UploadAnswers.upload(10))
            #expect(machine.nextAction() == .pause(afterFailures: failures))
        }
        do throws(ClientError) {
            try machine.handle(state: UploadAnswers.upload(10))
            Issue.record("the upload goes on")
        } catch {
            #expect(error.code == .uploadInterrupted)
            #expect(error.message.contains("no more than 10 bytes"))
        }
    }

    @Test(arguments: [1, 4])
    func `A server that never completes an upload is waited for, and then given up`(attempts: Int) throws {
        var machine = UploadStateMachine(
            byteCount: 10, chunkByteCount: 10, limits: .init(attempts: attempts, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .finalize(UploadAnswers.named))
        for second in 1..<120 {
            try machine.handle(state: UploadAnswers.upload(10), after: .seconds(second))
            while case .pause = machine.nextAction() {}
        }
        #expect(throws: ClientError.self) { try machine.handle(state: UploadAnswers.upload(10), after: .seconds(121)) }
    }

    @Test
    func `A server that calls an upload complete and open at once comes to an end`() throws {
        var machine = UploadStateMachine(
            byteCount: 10, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        let complete = UploadAnswers.failure(400, body: #"{"detail":"Upload has already been marked as \"complete\""}"#)
        #expect(throws: ClientError.self) {
            for second in 0...1000 {
                switch machine.nextAction() {
                case .finalize: try machine.handle(failure: complete, after: .seconds(second))
                case .ask: try machine.handle(state: UploadAnswers.upload(10), after: .seconds(second))
                default: break
                }
            }
        }
    }
}
