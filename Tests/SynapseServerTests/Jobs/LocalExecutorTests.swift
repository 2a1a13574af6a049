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
}
