import SynapseClient
import SynapseTestSupport
import Testing

/// The decisions of a chunked upload, without I/O.
@Suite(.timeLimit(.minutes(1)))
struct UploadStateMachineTests {
    @Test
    func `Chunks go in order, then the end`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        #expect(machine.nextAction() == .send(0..<10, upload: nil))
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .send(10..<20, upload: UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(20))
        #expect(machine.nextAction() == .send(20..<25, upload: UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(25))
        #expect(machine.nextAction() == .finalize(UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(25, isComplete: true))
        #expect(machine.nextAction() == .finish)
    }

    @Test
    func `A chunk of any size ends with the file`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: .max, limits: .init(attempts: 4, patience: .seconds(120)))
        #expect(machine.nextAction() == .send(0..<25, upload: nil))
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .send(10..<25, upload: UploadAnswers.named))
    }

    @Test
    func `A lost answer leads to a question, and the server's offset wins`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        _ = machine.nextAction()
        try machine.handle(failure: UploadAnswers.failure())
        #expect(machine.nextAction() == .pause(afterFailures: 1))
        #expect(machine.nextAction() == .ask(UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(17))
        #expect(machine.nextAction() == .send(17..<25, upload: UploadAnswers.named))
    }

    @Test
    func `A first chunk whose answer is lost begins anew, for nothing names the upload`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(failure: UploadAnswers.failure())
        #expect(machine.nextAction() == .pause(afterFailures: 1))
        #expect(machine.nextAction() == .send(0..<10, upload: nil))
    }

    @Test(arguments: [#"{"expected_offset":20}"#, #"{"offset":20}"#, #"{"offset":[20]}"#])
    func `A wrong offset is corrected by the answer`(body: String) throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        _ = machine.nextAction()
        try machine.handle(failure: UploadAnswers.failure(400, body: body))
        #expect(machine.nextAction() == .send(20..<25, upload: UploadAnswers.named))
    }

    @Test
    func `Failures without progress end the upload, progress begins the count anew`() throws {
        var machine = UploadStateMachine(
            byteCount: 100, chunkByteCount: 10, limits: .init(attempts: 2, patience: .seconds(120)))
        _ = machine.nextAction()
        for offset in stride(from: 10, through: 90, by: 10) {
            try machine.handle(state: UploadAnswers.upload(offset))
            try machine.handle(failure: UploadAnswers.failure(503), after: .seconds(60))
            #expect(machine.nextAction() == .pause(afterFailures: 1))
            _ = machine.nextAction()
        }
        for _ in 1...50 { try machine.handle(failure: UploadAnswers.failure(503), after: .seconds(119)) }
        do throws(ClientError) {
            try machine.handle(failure: UploadAnswers.failure(503), after: .seconds(120))
            Issue.record("the upload goes on")
        } catch {
            #expect(error.code == .uploadInterrupted)
            #expect(error.message.contains("byte 90 of 100"))
        }
    }

    @Test
    func `A lost end is looked for before it is sent again`() throws {
        var machine = UploadStateMachine(
            byteCount: 10, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .finalize(UploadAnswers.named))
        try machine.handle(failure: UploadAnswers.failure())
        var actions: [UploadStateMachine.Action] = []
        while actions.count < 8 {
            let action = machine.nextAction()
            if case .pause = action { continue }
            actions.append(action)
            if case .finalize = action { break }
            try machine.handle(state: UploadAnswers.upload(10))
        }
        #expect(
            actions == [
                .ask(UploadAnswers.named), .ask(UploadAnswers.named), .ask(UploadAnswers.named),
                .finalize(UploadAnswers.named),
            ])
        try machine.handle(
            failure: UploadAnswers.failure(400, body: #"{"detail":"Upload has already been marked as \"complete\""}"#))
        #expect(machine.nextAction() == .ask(UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(10, isComplete: true))
        #expect(machine.nextAction() == .finish)
    }

    @Test
    func `A server that was never there, or that fails by itself, is given up after the attempts`() throws {
        for failure in [UploadAnswers.failure(delivery: .notSent), UploadAnswers.failure(500)] {
            var machine = UploadStateMachine(
                byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 3, patience: .seconds(120)))
            try machine.handle(failure: failure)
            try machine.handle(failure: failure)
            #expect(throws: ClientError.self) { try machine.handle(failure: failure) }
        }
    }

    @Test
    func `A network that goes away after contact is waited for`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 3, patience: .seconds(120)))
        _ = machine.nextAction()
        // Bytes went out, so somebody was there.
        try machine.handle(failure: UploadAnswers.failure())
        for second in 1..<120 {
            try machine.handle(failure: UploadAnswers.failure(delivery: .notSent), after: .seconds(second))
        }
        #expect(throws: ClientError.self) {
            try machine.handle(failure: UploadAnswers.failure(delivery: .notSent), after: .seconds(120))
        }
    }

    @Test
    func `One attempt means no repeat`() {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 1, patience: .seconds(120)))
        #expect(throws: ClientError.self) { try machine.handle(failure: UploadAnswers.failure()) }
    }

    @Test
    func `A wrong digest begins anew once, then it is its own error`() throws {
        var machine = UploadStateMachine(
            byteCount: 10, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        let wrong = UploadAnswers.failure(400, body: #"{"detail":"md5 checksum does not match"}"#)
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .finalize(UploadAnswers.named))
        try machine.handle(failure: wrong)
        #expect(machine.nextAction() == .startOver(.damaged, abandoned: UploadAnswers.named))
        #expect(machine.nextAction() == .send(0..<10, upload: nil))
        try machine.handle(state: UploadAnswers.upload(10))
        _ = machine.nextAction()
        do throws(ClientError) {
            try machine.handle(failure: wrong)
            Issue.record("the upload goes on")
        } catch {
            #expect(error.code == .checksumMismatch)
        }
    }

    @Test
    func `An expired upload begins anew, once`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        _ = machine.nextAction()
        try machine.handle(failure: UploadAnswers.failure(410))
        #expect(machine.nextAction() == .startOver(.expired, abandoned: UploadAnswers.named))
        #expect(machine.nextAction() == .send(0..<10, upload: nil))
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(throws: ClientError.self) { try machine.handle(failure: UploadAnswers.failure(410)) }
    }

    @Test(arguments: [400, 403, 404, 410, 500])
    func `A page of a proxy says nothing about the upload: the server is asked`(status: Int) throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        _ = machine.nextAction()
        try machine.handle(failure: UploadAnswers.failure(status, body: "<html><h1>Not here</h1></html>"))
        #expect(machine.nextAction() == .pause(afterFailures: 1))
        #expect(machine.nextAction() == .ask(UploadAnswers.named))
        try machine.handle(failure: UploadAnswers.failure(status, body: "no such page"))
        #expect(machine.nextAction() == .pause(afterFailures: 2))
        #expect(machine.nextAction() == .ask(UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(10))
        #expect(machine.nextAction() == .send(10..<20, upload: UploadAnswers.named))
    }

    @Test
    func `Pages alone, before any server was there, end the upload after the attempts`() throws {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 3, patience: .seconds(120)))
        try machine.handle(failure: UploadAnswers.failure(404, body: "<html>"))
        try machine.handle(failure: UploadAnswers.failure(404, body: "<html>"))
        #expect(throws: ClientError.self) { try machine.handle(failure: UploadAnswers.failure(404, body: "<html>")) }
    }

    @Test
    func `A proxy that finds a chunk too large is believed`() {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        #expect(throws: ClientError.self) { try machine.handle(failure: UploadAnswers.failure(413, body: "<html>")) }
    }

    private func resumed() -> UploadStateMachine {
        UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)),
            resuming: UploadAnswers.named)
    }

    @Test
    func `An earlier run is gone on with at the server's offset, once the file is found unchanged`() throws {
        var machine = resumed()
        #expect(machine.nextAction() == .ask(UploadAnswers.named))
        try machine.handle(state: UploadAnswers.upload(20))
        #expect(machine.nextAction() == .verify)
        machine.handle(isUnchanged: true)
        #expect(machine.offset == 20)
        #expect(machine.nextAction() == .send(20..<25, upload: UploadAnswers.named))
    }

    @Test
    func `A file that changed since begins anew and names what it leaves behind`() throws {
        var machine = resumed()
        try machine.handle(state: UploadAnswers.upload(20))
        _ = machine.nextAction()
        machine.handle(isUnchanged: false)
        #expect(machine.nextAction() == .startOver(.sourceChanged, abandoned: UploadAnswers.named))
        #expect(machine.nextAction() == .send(0..<10, upload: nil))
    }

    @Test
    func `An earlier run that was complete sends nothing`() throws {
        var machine = resumed()
        try machine.handle(state: UploadAnswers.upload(25, isComplete: true))
        #expect(machine.nextAction() == .verify)
        machine.handle(isUnchanged: true)
        #expect(machine.nextAction() == .finish)
    }

    @Test(arguments: [404, 410])
    func `An earlier run that the server forgot begins anew, and may expire once more`(status: Int) throws {
        var machine = resumed()
        try machine.handle(failure: UploadAnswers.failure(status))
        #expect(machine.nextAction() == .startOver(.expired, abandoned: UploadAnswers.named))
        _ = machine.nextAction()
        try machine.handle(state: UploadAnswers.upload(10))
        try machine.handle(failure: UploadAnswers.failure(410))
        #expect(machine.nextAction() == .startOver(.expired, abandoned: UploadAnswers.named))
    }

    @Test
    func `An earlier run of another file is not gone on with`() throws {
        var machine = resumed()
        try machine.handle(state: UploadAnswers.upload(26))
        #expect(machine.nextAction() == .startOver(.damaged, abandoned: UploadAnswers.named))
    }

    @Test(arguments: [401, 403, 413, 422])
    func `Other refusals end the upload at once`(status: Int) {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        #expect(throws: ClientError.self) { try machine.handle(failure: UploadAnswers.failure(status)) }
    }

    @Test
    func `An offset that cannot be is an error`() {
        var machine = UploadStateMachine(
            byteCount: 25, chunkByteCount: 10, limits: .init(attempts: 4, patience: .seconds(120)))
        _ = machine.nextAction()
        #expect(throws: ClientError.self) { try machine.handle(state: UploadAnswers.upload(26)) }
    }
}
