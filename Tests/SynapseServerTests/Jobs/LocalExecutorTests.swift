import NIOPosix
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(3)))
struct LocalExecutorTests {
    @Test(arguments: JobExecutorConformance.Case.allCases)
    func anExecutorOnThisMachine(_ wanted: JobExecutorConformance.Case) async throws {
        try await withExecutor { executor, folder in
            try await JobExecutorConformance(executor: executor, folder: folder).run(wanted)
        }
    }

    /// A number that was given to another process is never taken for the job's.
    @Test func aRunnerIsWhoHoldsTheLockAndNobodyOfItsNumber() async throws {
        try await withExecutor { executor, folder in
            let conformance = JobExecutorConformance(executor: executor, folder: folder)
            let run = try conformance.makeRun("pass")
            let handle = executor.makeHandle(for: run)
            try await executor.start(run, handle: handle)
            _ = try await executor.follow(handle, from: 0) { _ in }
            let job = LocalJobFolder(path: "\(folder)/jobs/\(handle)")
            #expect(try job.runner() == nil)
            // This very process, written down as the runner of a job that left no end.
            try FileSystem.remove(job.path + "/exit")
            let pid = ProcessInfo.processInfo.processIdentifier
            try FileSystem.writeAtomically(#"{"pid": \#(pid), "group": \#(pid)}"#, to: job.path + "/state")
            try await executor.stop(handle)
            let exit = try await executor.follow(handle, from: 0) { _ in }
            #expect(exit.cause == .lost)
        }
    }

    #if os(Linux)
    /// What is left of the job's own group has no parent that would end it, and need not carry the job's number.
    @Test func aKilledRunnersGroupEndsToo() async throws {
        try await withExecutor { executor, folder in
            let run = try JobExecutorConformance(executor: executor, folder: folder).makeRun(
                """
                import subprocess, time
                print(subprocess.Popen(["env", "-i", "sleep", "300"]).pid, flush=True)
                time.sleep(300)
                """)
            let handle = executor.makeHandle(for: run)
            try await executor.start(run, handle: handle)
            var text = ""
            let exit = try await executor.follow(handle, from: 0) { output in
                text += String(decoding: output.bytes, as: UTF8.self)
                guard text.hasSuffix("\n") else { return }
                let job = LocalJobFolder(path: "\(folder)/jobs/\(handle)")
                if let runner = try job.runner() { kill(runner, SIGKILL) }
            }
            #expect(exit.cause == .lost && exit.reason?.contains("signal 9 (SIGKILL)") == true)
            let child = try #require(text.split(whereSeparator: \.isNewline).last.flatMap { Int32($0) })
            #expect(((try? FileSystem.readText("/proc/\(child)/cmdline")) ?? "").isEmpty)
        }
    }

    /// A process that left the job's session and has nothing of the job's in its environment belongs to it all the same.
    @Test func whatADaemonOfTheJobBecomesEndsWithTheJob() async throws {
        try await withExecutor { executor, folder in
            let run = try JobExecutorConformance(executor: executor, folder: folder).makeRun(
                """
                import os, time
                child = os.fork()
                if child == 0:
                    os.setsid()
                    if os.fork() == 0:
                        print(os.getpid(), flush=True)
                        os.execve("/bin/sleep", ["sleep", "300"], {})
                    os._exit(0)
                os.waitpid(child, 0)
                time.sleep(0.5)
                """)
            let handle = executor.makeHandle(for: run)
            try await executor.start(run, handle: handle)
            var text = ""
            let exit = try await executor.follow(handle, from: 0) { text += String(decoding: $0.bytes, as: UTF8.self) }
            #expect(exit.isSuccess)
            let daemon = try #require(text.split(whereSeparator: \.isNewline).last.flatMap { Int32($0) })
            // A process that has ended has no command line, also while nobody has reaped it.
            let command = (try? FileSystem.readText("/proc/\(daemon)/cmdline")) ?? ""
            #expect(command.isEmpty)
        }
    }
    #endif

    @Test func aPluginThatRequiresAnotherPythonIsToldSo() async throws {
        try await withExecutor { executor, folder in
            let conformance = JobExecutorConformance(executor: executor, folder: folder)
            for (python, fits) in [(">=3.9,<4", true), ("==2.7.*", false), ("~=3.99", false)] {
                let run = try conformance.makeRun("print('ran')") { $0.settings.python = python }
                let handle = executor.makeHandle(for: run)
                if fits {
                    try await executor.start(run, handle: handle)
                    #expect(try await executor.follow(handle, from: 0) { _ in }.isSuccess)
                    continue
                }
                let error = await #expect(throws: JobExecutorError.self) {
                    try await executor.start(run, handle: handle)
                }
                #expect(error?.code == .refused && error?.message.contains("Python \(python)") == true)
            }
        }
    }

    private func withExecutor(_ body: (LocalExecutor, String) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            try FileSystem.makeDirectory(folder + "/jobs")
            var settings = BackendServerConfiguration.Jobs()
            settings.stopGrace = .seconds(1)
            let executor = LocalExecutor(
                jobs: folder + "/jobs", environments: folder + "/environments", settings: settings,
                threads: .singleton, environment: ProcessInfo.processInfo.environment)
            try await body(executor, folder)
        }
    }

    /// What never becomes a runner is told so, and no process of it is left, not even one that waits to be reaped.
    @Test(arguments: ["exec /bin/sleep 600", "exit 3"])
    func aRunnerThatDoesNotStartLeavesNoProcess(_ command: String) async throws {
        try await withTemporaryDirectory { folder in
            try FileSystem.makeDirectory(folder + "/jobs")
            var settings = BackendServerConfiguration.Jobs()
            settings.python = try Self.makePython(
                "[ \"$2\" = -c ] && echo \"$0 3.12.0\" && exit 0\necho $$ > \(folder)/number\n\(command)", in: folder)
            let executor = LocalExecutor(
                jobs: folder + "/jobs", environments: folder + "/environments", settings: settings,
                threads: .singleton, environment: [:])
            let run = try JobExecutorConformance(executor: executor, folder: folder).makeRun("pass")
            let error = await #expect(throws: JobExecutorError.self) {
                try await executor.start(run, handle: executor.makeHandle(for: run))
            }
            #expect(error?.code == .refused)
            #expect(try Self.isGone(folder + "/number"))
        }
    }

    /// A candidate that does not answer is ended.
    @Test func aPythonThatDoesNotAnswerLeavesNoProcess() async throws {
        try await withTemporaryDirectory { folder in
            let python = try Self.makePython("echo $$ > \(folder)/number\nexec /bin/sleep 600", in: folder)
            let finder = PythonFinder(wanted: python, environment: [:], scratch: folder)
            await #expect(throws: JobExecutorError.self) {
                try await NIOThreadPool.singleton.runIfActive { try finder.find() }
            }
            #expect(try Self.isGone(folder + "/number"))
        }
    }

    /// A program that is taken for a Python.
    private static func makePython(_ script: String, in folder: String) throws -> String {
        let path = folder + "/python"
        try FileSystem.writeAtomically("#!/bin/sh\n\(script)\n", to: path)
        try SystemError.check("chmod", path) { unsafe chmod(path, 0o700) }
        return path
    }

    /// Whether there is no process any more of the number in a file; one that was not reaped is one.
    private static func isGone(_ path: String) throws -> Bool {
        let text = try #require(try FileSystem.readText(path))
        let process = try #require(Int32(text.split(whereSeparator: \.isNewline).joined()))
        return kill(process, 0) == -1 && errno == ESRCH
    }
}
