import GRDB
import Logging

/// Removes what jobs that ended long ago left behind.
struct JobSweep: Sendable {
    let executor: any JobExecutor
    let services: Services

    /// A job whose traces cannot be removed now is tried again at the next turn.
    func run() async throws {
        if try await services.database.read({ try JobRunRepository().underWay($0).isEmpty }) {
            do {
                try await executor.tidy()
            } catch let error as JobExecutorError {
                services.logger.warning("what jobs share cannot be tidied", metadata: ["error": "\(error)"])
            }
        }
        let time = WireTime.now(adding: .zero - services.configuration.jobs.retention)
        let old = try await services.database.read { [name = executor.name] db in
            try JobRunRepository().discardable(db, executor: name, endedBefore: time)
        }
        for run in old {
            do {
                try await executor.discard(run.handle)
            } catch let error as JobExecutorError {
                services.logger.warning("what a job left cannot be removed", metadata: ["error": "\(error)"])
                continue
            }
            try await services.database.write { db in try JobRunRepository().markDiscarded(db, run.id) }
        }
    }
}
