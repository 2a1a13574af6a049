import SynapseClient
import SynapseModels
import SynapseTestSupport
import Synchronization
import Testing

/// Console logs that are followed over connections that are cut.
@Suite(.timeLimit(.minutes(5)))
struct ConsoleTailFaultTests {
    static let lineCount = 100_000

    static func line(_ index: Int) -> String { "step \(index) loss \(index % 97) 손실" }

    /// A job prints while it is followed; the connection is cut five times.
    @Test func `100,000 lines come once each, in order, over five cuts, and the end is true`() async throws {
        try await withWorld { world in
            _ = try await world.client.createPlugin(PluginCreate(code: "loud", name: "Loud", category: .neuralNet))
            _ = try await world.client.createPluginRelease(PluginReleaseCreate(plugin: "loud", version: "1.0.0"))
            let answer = try await world.client.runPlugin("loud", PluginRun(action: "train"))
            let job = try #require(answer.jobID)
            let faults: [FaultProxy.Fault] = [
                .truncateAnswer(byteCount: 700), .truncateAnswer(byteCount: 900_000), .dropAnswer,
                .truncateAnswer(byteCount: 1_500_001), .truncateAnswer(byteCount: 2_000_003),
            ]
            try await FaultProxy.withProxy(to: world.port, faults: faults) { proxy in
                try await world.withClient(at: proxy.url) { client in
                    let outcome = try await withThrowingTaskGroup(of: (Int, Job?)?.self) { group in
                        group.addTask {
                            let log = client.tailJobConsoleLogs(job)
                            var count = 0
                            for try await line in log {
                                guard line == Self.line(count) else { return (count, nil) }
                                count += 1
                            }
                            return (count, log.finalJob)
                        }
                        group.addTask {
                            try await print(world, job)
                            return nil
                        }
                        var outcome: (Int, Job?)?
                        while let next = try await group.next() { outcome = next ?? outcome }
                        return outcome
                    }
                    #expect(outcome?.0 == Self.lineCount)
                    #expect(outcome?.1?.status == .failed)
                    #expect(outcome?.1?.error?.message == "the last line was the last")
                }
                #expect(proxy.faultsTaken == 5)
            }
            // An independent look at what was printed.
            let lines = try await world.client.listJobConsoleLogs(job)
            #expect(lines.count == Self.lineCount && lines.last == Self.line(Self.lineCount - 1))
        }
    }

    private func print(_ world: World, _ job: Job.ID) async throws {
        try await world.client.updateJob(job, JobUpdate(status: .running))
        for start in stride(from: 0, to: Self.lineCount, by: 2000) {
            let lines = (start..<min(start + 2000, Self.lineCount)).map(Self.line)
            let text = JobUpdate.ConsoleEntry(lines.joined(separator: "\n") + "\n")
            try await world.client.updateJob(job, JobUpdate(consoleLogs: [text]))
        }
        try await world.client.updateJob(
            job, JobUpdate(status: .failed, result: ["error": "the last line was the last"]))
    }

    /// The same for a server that sends plain text without numbers, from the first line each time.
    @Test func `100,000 lines of plain text come once each, in order, over five cuts`() async throws {
        let body = Array((0..<Self.lineCount).map { Self.line($0) + "\n" }.joined().utf8)
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
        let tails = Mutex(0)
        try await ScriptedServer.withServer { request in
            let number = tails.withLock { tails in
                if request.path.hasSuffix("/tail_console_logs/") { tails += 1 }
                return tails
            }
            guard request.path.hasSuffix("/tail_console_logs/") else {
                return .json("{\"id\":\"j\",\"status\":\"\(number > 4 ? "SUCCEEDED" : "RUNNING")\"}")
            }
            // Five cuts, the third and the fifth looking like an end, the last when the job has ended; then the whole.
            switch number {
            case 1, 2, 4:
                let announced = Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8)
                return .raw(announced + body.prefix(number * 500_001))
            case 3, 5: return .raw(Array((head + "\r\n").utf8) + body.prefix(number * 500_001))
            default: return .raw(Array((head + "\r\n").utf8) + body)
            }
        } _: { server in
            var configuration = ClientConfiguration(baseURL: server.url)
            configuration.retry.firstStep = .milliseconds(1)
            try await withBackendClient(configuration) { client in
                let log = client.tailJobConsoleLogs("j")
                var count = 0
                for try await line in log {
                    guard line == Self.line(count) else { break }
                    count += 1
                }
                #expect(count == Self.lineCount)
                #expect(log.finalJob?.status == .succeeded)
            }
        }
    }
}
