import NIOCore
import SynapseModels
import SynapseTestSupport
import Synchronization
import Testing

@testable import SynapseServer

/// What every executor must do; a suite for each calls ``run(_:)`` with its own.
///
/// Runs need Python on the other side and nothing else.
struct JobExecutorConformance: Sendable {
    enum Case: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case printsAndEnds, exitStatus, killedProgram, stop, manyLines, noNewline, notText, missingPackage
        case environment, reconnect, longParameters, unknownHandle, startTwice, archiveOfHarm, health

        var testDescription: String { rawValue }
    }

    let executor: any JobExecutor
    /// A folder for archives.
    let folder: String
    /// Whether the executor tells the signal that ended a program from other failures.
    var namesSignals = true

    func run(_ wanted: Case) async throws {
        switch wanted {
        case .printsAndEnds:
            let (exit, text) = try await execute("import sys\nprint('out')\nprint('err', file=sys.stderr)")
            #expect(exit.cause == .status(0) && exit.reason == nil)
            #expect(Set(text.split(separator: "\n")).isSuperset(of: ["out", "err"]))
        case .exitStatus:
            let (exit, text) = try await execute("import sys\nprint('before')\nsys.exit(3)")
            #expect(exit.cause == .status(3) && text.contains("before\n"))
        case .killedProgram:
            let (exit, text) = try await execute("import os\nprint('up', flush=True)\nos.kill(os.getpid(), 9)")
            #expect(!exit.isSuccess && text.contains("up\n"))
            if namesSignals { #expect(exit.cause == .signal(9)) }
        case .stop: try await stop()
        case .manyLines:
            let (exit, text) = try await execute("for n in range(100_000): print(f'line {n}')")
            #expect(exit.isSuccess)
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("line ") }
            #expect(lines.count == 100_000 && lines.first == "line 0" && lines.last == "line 99999")
        case .noNewline:
            let (exit, text) = try await execute("import sys\nfor _ in range(160): sys.stdout.write('x' * 65536)")
            #expect(exit.isSuccess && text.utf8.count { $0 == UInt8(ascii: "x") } >= 160 << 16)
        case .notText:
            let (exit, text) = try await execute(
                "import os\nos.write(1, b'caf\\xc3\\xa9 \\xff\\xfe end\\n')\nos.write(1, b'last')")
            #expect(exit.isSuccess && text.contains("café \u{FFFD}") && text.contains(" end\nlast"))
        case .missingPackage:
            let (exit, _) = try await execute("print('never')") { $0.requirements = ["no-such-package-of-synapse==9"] }
            #expect(!exit.isSuccess)
        case .environment:
            let (exit, text) = try await execute(
                "import os, json\ne = os.environ\nprint(e['GREETING'], e['SYNAPSE_JOB_ID'], sorted(os.listdir('.')))"
            ) { $0.environment["GREETING"] = "good day" }
            #expect(exit.isSuccess && text.contains("good day ") && text.contains("'data.txt'"), "\(text)")
        case .reconnect: try await reconnect()
        case .longParameters:
            let parameters = #"{"text": ""# + String(repeating: "x", count: 50_000) + #""}"#
            let (exit, text) = try await execute(
                "import os, json\nprint(len(json.load(open(os.environ['SYNAPSE_ACTION_PARAMS_FILE']))['text']))"
            ) { run in
                run.parameters = parameters
                run.parametersFile = ".params.json"
                run.environment["SYNAPSE_ACTION_PARAMS_FILE"] = ".params.json"
            }
            #expect(exit.isSuccess && text.contains("50000\n"), "\(text)")
        case .unknownHandle:
            let handle = executor.makeHandle(for: try makeRun("pass"))
            await #expect(throws: JobExecutorError.self) { try await executor.follow(handle, from: 0) { _ in } }
            try await executor.stop(handle)
            try await executor.discard(handle)
        case .startTwice:
            let run = try makeRun("print('once')")
            let handle = executor.makeHandle(for: run)
            try await executor.start(run, handle: handle)
            try await executor.start(run, handle: handle)
            let (exit, text) = try await follow(handle)
            #expect(exit.isSuccess && text.split(separator: "\n").filter { $0 == "once" }.count == 1)
            try await executor.start(run, handle: handle)
            #expect(try await follow(handle).text == text)
            try await executor.discard(handle)
        case .archiveOfHarm:
            var run = try makeRun("pass")
            let bytes = TestArchive.bytes([.init(name: "../outside.py", content: [1])])
            try FileSystem.remove(run.archive.path)
            try OpenFile(path: run.archive.path, mode: .creating).write(.init(bytes: bytes), at: 0)
            run.archive.byteCount = Int64(bytes.count)
            do {
                try await executor.start(run, handle: executor.makeHandle(for: run))
                Issue.record("an archive that leads out of its folder was taken")
            } catch let error as JobExecutorError {
                #expect(error.code == .refused && error.message.contains("outside.py"))
            }
        case .health: #expect(await executor.health().isReady)
        }
    }

    /// A run of a script, with files beside it.
    func makeRun(
        _ script: String, files: [String: String] = ["data.txt": "data"], _ change: (inout JobRun) -> Void = { _ in }
    ) throws -> JobRun {
        let uuid = UUIDText.make()
        let bytes = TestArchive.bytes(files.merging(["main.py": script]) { $1 })
        let path = "\(folder)/\(uuid).zip"
        try OpenFile(path: path, mode: .creating).write(.init(bytes: bytes), at: 0)
        var run = JobRun(
            uuid: uuid, pluginCode: "conformance", version: "1.0.0",
            archive: .init(path: path, byteCount: Int64(bytes.count), md5: TestClient.md5(bytes)),
            config: RawJSON([:]), action: "go", entrypoint: .script("main.py"), parameters: "{}",
            environment: ["SYNAPSE_JOB_ID": uuid, "SYNAPSE_ACTION_PARAMS": "{}"], requirements: [])
        change(&run)
        return run
    }

    private func execute(
        _ script: String, _ change: (inout JobRun) -> Void = { _ in }
    ) async throws -> (exit: JobExit, text: String) {
        let run = try makeRun(script, change)
        let handle = executor.makeHandle(for: run)
        try await executor.start(run, handle: handle)
        let end = try await follow(handle)
        try await executor.discard(handle)
        return end
    }

    private func follow(_ handle: String, from position: Int64 = 0) async throws -> (exit: JobExit, text: String) {
        var bytes: [UInt8] = []
        var end = position
        let exit = try await executor.follow(handle, from: position) { output in
            bytes += output.bytes
            #expect(output.end == end + Int64(output.bytes.count) && output.bytes.count <= 1 << 20)
            end = output.end
        }
        return (exit, String(decoding: bytes, as: UTF8.self))
    }

    private func stop() async throws {
        let run = try makeRun("import time\nprint('up', flush=True)\ntime.sleep(120)")
        let handle = executor.makeHandle(for: run)
        try await executor.start(run, handle: handle)
        var text = ""
        var isStopping = false
        let exit = try await executor.follow(handle, from: 0) { output in
            text += String(decoding: output.bytes, as: UTF8.self)
            if text.contains("up\n"), !isStopping {
                isStopping = true
                try await executor.stop(handle)
            }
        }
        #expect(exit.cause == .stopped)
        // What has ended can be stopped again, and its end is told again.
        try await executor.stop(handle)
        #expect(try await follow(handle).exit.cause == .stopped)
        try await executor.discard(handle)
        await #expect(throws: JobExecutorError.self) { try await executor.follow(handle, from: 0) { _ in } }
    }

    /// A reader that is cut off at any byte goes on from there, while the run lasts and after.
    private func reconnect() async throws {
        struct Cut: Error {}
        let run = try makeRun(
            "import time\nfor n in range(20):\n    print('line', n, flush=True)\n    time.sleep(0.03)")
        let handle = executor.makeHandle(for: run)
        try await executor.start(run, handle: handle)
        var bytes: [UInt8] = []
        for keep in [1, 7, 30] {
            let before = bytes.count
            do {
                _ = try await executor.follow(handle, from: Int64(before)) { output in
                    bytes += output.bytes
                    if bytes.count >= before + keep {
                        bytes.removeSubrange((before + keep)...)
                        throw Cut()
                    }
                }
                Issue.record("the run ended before \(keep) bytes were read")
            } catch is Cut {
                #expect(bytes.count == before + keep)
            }
        }
        let (exit, rest) = try await follow(handle, from: Int64(bytes.count))
        let text = String(decoding: bytes, as: UTF8.self) + rest
        #expect(exit.isSuccess && text.hasSuffix((0..<20).map { "line \($0)\n" }.joined()), "\(text)")
        #expect(try await follow(handle).text == text)
        try await executor.discard(handle)
    }
}
