import Foundation
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Against a Ray that runs: `SYNAPSE_RAY` has its address, as `scripts/ray.sh` sets it.
@Suite(.serialized, .enabled(if: RayUnderTest.address != nil, "no Ray runs here; see scripts/ray.sh"))
struct RayExecutorTests {
    private func run(_ script: String, files: [String: String] = [:], requirements: [String] = []) async throws -> (
        exit: JobExit, output: [UInt8]
    ) {
        let job = try RayUnderTest.job(script, files: files, requirements: requirements)
        defer { job.remove() }
        let executor = try RayUnderTest.executor
        let handle = executor.makeHandle(for: job.run)
        try await executor.start(job.run, handle: handle)
        return try await RayUnderTest.follow(handle)
    }

    @Test func bytesComeAsTheyWerePrinted() async throws {
        let (exit, output) = try await run(
            """
            import os, sys
            print(os.environ["SYNAPSE_ACCESS_TOKEN"], os.environ["SYNAPSE_JOB_ID"][:0], open("a.txt").read())
            os.write(1, b"\\xff\\xfe\\r\\n half \\r x\\x1a\\x00\\xe2\\x82\\n")
            os.write(2, b"z" * 3000000)
            print("\\nlast", end="")
            """, files: ["a.txt": "file"])
        #expect(exit.cause == .status(0) && exit.reason == nil)
        let expected =
            Array("the-token  file\n".utf8) + [0xFF, 0xFE] + Array("\r\n half \r x\u{1A}\u{0}".utf8) + [
                0xE2, 0x82, 0x0A,
            ]
            + [UInt8](repeating: 0x7A, count: 3_000_000) + Array("\nlast".utf8)
        #expect(output == expected)
    }

    @Test func theTokenIsNotShownByRay() async throws {
        let job = try RayUnderTest.job("import os; print(os.listdir())")
        defer { job.remove() }
        let executor = try RayUnderTest.executor
        let handle = executor.makeHandle(for: job.run)
        try await executor.start(job.run, handle: handle)
        // A start that is repeated makes no second run.
        try await executor.start(job.run, handle: handle)
        let transport = executor.client.transport
        let shown = try await transport.send(.GET, "/api/jobs/\(handle)", within: .seconds(10), upTo: 1 << 20)
        let text = String(decoding: shown.bytes, as: UTF8.self)
        #expect(text.contains("http://backend.example"))
        #expect(!text.contains("the-token"))
        let (exit, output) = try await RayUnderTest.follow(handle)
        #expect(exit.isSuccess)
        #expect(String(decoding: output, as: UTF8.self) == "['main.py']\n")
        try await executor.discard(handle)
        try await executor.discard(handle)
        await #expect(throws: JobExecutorError.self) { try await RayUnderTest.follow(handle) }
    }

    @Test func aStopEndsAllOfIt() async throws {
        let job = try RayUnderTest.job(
            """
            import os, signal, subprocess, sys, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen(["sleep", "600"], start_new_session=True)
            print(os.getpid(), child.pid, flush=True)
            time.sleep(600)
            """)
        defer { job.remove() }
        let executor = try RayUnderTest.executor
        let handle = executor.makeHandle(for: job.run)
        try await executor.start(job.run, handle: handle)
        var output: [UInt8] = []
        let exit = try await executor.follow(handle, from: 0) { piece in
            output += piece.bytes
            if output.last == 0x0A { try await executor.stop(handle) }
        }
        #expect(exit.cause == .stopped)
        let numbers = String(decoding: output, as: UTF8.self).split { $0 == " " || $0 == "\n" }.compactMap { Int32($0) }
        #expect(numbers.count == 2)
        for number in numbers { #expect(kill(number, 0) == -1) }
    }

    @Test func aPackageThatIsTooLargeIsNotSent() async throws {
        var job = try RayUnderTest.job("print(1)")
        defer { job.remove() }
        job.run.archive.byteCount = (100 << 20) + 1
        await #expect {
            try await RayUnderTest.executor.start(job.run, handle: "synapse-large")
        } throws: { error in
            (error as? JobExecutorError)?.code == .refused && "\(error)".contains("104857600 bytes (100 MiB)")
        }
    }

    @Test func aTimeLimitHolds() async throws {
        let job = try RayUnderTest.job("import time; time.sleep(600)")
        defer { job.remove() }
        let executor = try #require(RayUnderTest.address.map { RayExecutor(address: $0, timeLimit: .seconds(1)) })
        let handle = executor.makeHandle(for: job.run)
        try await executor.start(job.run, handle: handle)
        #expect(try await RayUnderTest.follow(handle).exit.cause == .timeLimit)
    }

    @Test func aMemoryLimitHolds() async throws {
        let job = try RayUnderTest.job("x = bytearray(512 << 20)")
        defer { job.remove() }
        let executor = try #require(RayUnderTest.address.map { RayExecutor(address: $0, memoryByteCount: 256 << 20) })
        let handle = executor.makeHandle(for: job.run)
        try await executor.start(job.run, handle: handle)
        let (exit, output) = try await RayUnderTest.follow(handle)
        #expect(exit.cause == .status(1))
        #expect(String(decoding: output, as: UTF8.self).contains("MemoryError"))
    }

    @Test func manyLinesAreReadFromAnyPlace() async throws {
        let job = try RayUnderTest.job("for i in range(20000): print('line', i)")
        defer { job.remove() }
        let executor = try RayUnderTest.executor
        let handle = executor.makeHandle(for: job.run)
        try await executor.start(job.run, handle: handle)
        let (exit, output) = try await RayUnderTest.follow(handle)
        #expect(exit.isSuccess)
        #expect(output.split(separator: 0x0A).count == 20000)
        let rest = try await RayUnderTest.follow(handle, from: 100_001)
        #expect(rest.output == Array(output.dropFirst(100_001)))
        #expect(rest.exit.isSuccess)
    }

    @Test func healthNamesTheVersion() async throws {
        let health = try await RayUnderTest.executor.health()
        #expect(health.isReady)
        #expect(health.text.hasPrefix("Ray 2."))
    }
}
