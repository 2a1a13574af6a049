import GRDB
import Logging
import SynapseModels

/// Sees one job from its slot to its end: begins it, keeps what it prints, and writes what became of it.
struct JobConductor: Sendable {
    private static let longestPause: Duration = .seconds(30)

    let executor: any JobExecutor
    let services: Services
    let backendURL: String

    private var database: ServerDatabase { services.database }

    /// Returns when the job's end is written.
    ///
    /// - Throws: ``JobExecutorError`` when the job can never run, `CancellationError`, which leaves the run going.
    func run(_ job: JobRecord.Key) async throws {
        guard let run = try await database.read({ try JobRunRepository().find($0, job) }), run.ended == nil else {
            return
        }
        if let handle = run.handle {
            if run.executor != executor.name {
                throw JobExecutorError.refused(
                    "The job was begun by \"\(run.executor ?? "")\", which this server does not run any more.")
            }
            do {
                return try await watched(job, handle, run)
            } catch let error as JobExecutorError where error.code == .unknownRun {
                // Chosen and never begun: this server was killed in between.
                let run = try await database.read { try JobRunRepository().find($0, job) }
                if run?.begun != nil { return try await end(job, JobExit(.lost, reason: error.message)) }
            }
        }
        try await begin(job)
    }

    private func begin(_ job: JobRecord.Key) async throws {
        let token = TokenMaker.random()
        let plan = try await database.read { try JobRunPlan($0, job) }
        let run = try await plan.run(token: token, backendURL: backendURL, files: services.files)
        let handle = executor.makeHandle(for: run)
        let prepared = try await database.write { db in
            try JobRunRepository().prepare(db, plan.job, handle: handle, token: token, plugin: plan.pluginCode)
        }
        guard let prepared, prepared.stopRequested == nil, !JobStatusRules.isFinal(plan.job.status) else {
            return try await end(job, JobExit(.stopped))
        }
        guard try await start(run, handle, job) else { return try await end(job, JobExit(.stopped)) }
        let begun = try await database.write { db in try JobRunRepository().begin(db, job) }
        changed(job)
        if let begun { try await watched(job, handle, begun) }
    }

    /// Tries until the executor takes the run; the job waits meanwhile and says why.
    ///
    /// - Returns: False when somebody has stopped the job before that.
    private func start(_ run: JobRun, _ handle: String, _ job: JobRecord.Key) async throws -> Bool {
        var pause: Duration = .seconds(1)
        while true {
            do {
                try await executor.start(run, handle: handle)
                return true
            } catch let error as JobExecutorError where error.isRetryable {
                if try await isStopped(job, waitingFor: error, handle) { return false }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Notes what a job that has not begun waits for.
    ///
    /// - Returns: Whether somebody has stopped it meanwhile.
    private func isStopped(
        _ job: JobRecord.Key, waitingFor error: JobExecutorError, _ handle: String
    ) async throws -> Bool {
        services.logger.notice("a job waits for its executor", metadata: ["reason": "\(error.message)"])
        let isStopped = try await database.write { db in
            let runs = JobRunRepository()
            try runs.note(db, job, error.message)
            return try runs.find(db, job)?.stopRequested != nil
        }
        changed(job)
        // Nothing was begun, unless an answer was lost; that is ended when it can be.
        if isStopped { try? await executor.stop(handle) }
        return isStopped
    }

    private func watched(_ job: JobRecord.Key, _ handle: String, _ run: JobRunRecord) async throws {
        try await JobLinger(executor: executor, services: services).watching(job, handle) {
            try await follow(job, handle, run)
        }
    }

    /// Follows a run to its end, over times in which its executor cannot be reached.
    ///
    /// A run whose handle alone is known, because this server ended while it was beginning, has begun when the executor
    /// says so with its first piece of output.
    private func follow(_ job: JobRecord.Key, _ handle: String, _ run: JobRunRecord) async throws {
        var hasBegun = run.begun != nil
        var position = run.position
        var outOfReachSince: ContinuousClock.Instant?
        var pause: Duration = .seconds(1)
        while true {
            do {
                let isStopped = try await database.read { try JobRunRepository().find($0, job)?.stopRequested != nil }
                if isStopped, hasBegun { try await executor.stop(handle) }
                var assembler = ConsoleAssembler(position: position)
                let exit = try await executor.follow(handle, from: position) { output in
                    outOfReachSince = nil
                    pause = .seconds(1)
                    if !hasBegun {
                        _ = try await database.write { db in try JobRunRepository().begin(db, job) }
                        hasBegun = true
                        changed(job)
                        if isStopped { try await executor.stop(handle) }
                    }
                    let lines = assembler.take(output)
                    try await keep(job, lines, assembler.position)
                    position = assembler.position
                }
                try await keep(job, assembler.finish(), assembler.position)
                return try await end(job, exit)
            } catch let error as JobExecutorError where error.isRetryable && !hasBegun {
                if try await self.isStopped(job, waitingFor: error, handle) {
                    return try await end(job, JobExit(.stopped))
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            } catch let error as JobExecutorError where error.isRetryable {
                let since = outOfReachSince ?? .now
                outOfReachSince = since
                if since.duration(to: .now) > services.configuration.jobs.lostAfter {
                    return try await end(
                        job, JobExit(.lost, reason: "The job could not be followed any more: \(error.message)"))
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Ends a job that cannot be gone on with, and what may run of it.
    func giveUp(_ job: JobRecord.Key, _ reason: String) async throws {
        let run = try await database.read { try JobRunRepository().find($0, job) }
        if let handle = run?.handle, run?.executor == executor.name { try? await executor.stop(handle) }
        try await end(job, JobExit(.preparation, reason: reason))
    }

    private func keep(_ job: JobRecord.Key, _ lines: [PrintedLine], _ position: Int64) async throws {
        if lines.isEmpty { return }
        try await database.write { db in try JobRunRepository().keep(db, job, lines, position: position) }
        services.watch.signal(job.id)
    }

    /// Writes what became of a job, unless it has said so itself, and ends its token.
    func end(_ job: JobRecord.Key, _ exit: JobExit) async throws {
        let (memoryLimit, timeLimit) = (
            services.configuration.jobs.memoryByteCount, services.configuration.jobs.timeLimit
        )
        try await database.write { db in
            let jobs = JobRepository(tenant: job.tenant)
            let runs = JobRunRepository()
            let record = try jobs.existing(db, "\(job.id)")
            let isStopped = try runs.find(db, job)?.stopRequested != nil
            let outcome = JobOutcome(exit: exit, wasStopped: isStopped, memoryLimit: memoryLimit, timeLimit: timeLimit)
            var change = try outcome.change(db, record)
            change.completed = exit.time
            if change.status == JobStatus.succeeded.rawValue, record.status == JobStatus.pending.rawValue {
                _ = try jobs.update(db, record, JobChange(status: JobStatus.running.rawValue))
            }
            if change.status == nil, change.error != nil { change.status = record.status }
            if change.status != nil { _ = try jobs.update(db, try jobs.existing(db, "\(job.id)"), change) }
            if let text = outcome.afterword(record) {
                try jobs.append(db, job.id, [PrintedLine(text: text, created: WireTime.now())])
            }
            try runs.end(db, job)
        }
        services.authenticator.forget()
        changed(job)
    }

    private func changed(_ job: JobRecord.Key) {
        // A job has a token of its own while it runs.
        let changes = [.job, .accessToken].map { (table: ListedTable) in
            TableChange(table: table, changedExisting: true)
        }
        services.cache.note(changes, tenant: job.tenant)
        services.watch.signal(job.id)
    }
}
