import GRDB
import HTTPTypes
import Hummingbird
import SynapseModels
import Synchronization

/// The routes under `jobs/`.
enum JobRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "jobs") { scope in
            let wanted = FieldSelection(scope.query)
            let expand = Set(scope.query.list("expand"))
            let repository = JobRepository(tenant: scope.identity.tenantID)
            return try await ListReader(JobRepository.definition, scope).answer { db, rows, writer in
                let records = rows.map(JobRecord.init)
                let expansion = try repository.expansion(db, records, expand)
                for record in records { writer.element { record.write(to: &$0, wanted, scope.links, expansion) } }
            }
        }
        table.on(.get, "jobs/{id}") { scope in
            let id = try scope.textIdentifier()
            let wanted = FieldSelection(scope.query)
            let expand = Set(scope.query.list("expand"))
            let repository = JobRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                let expansion = try repository.expansion(db, [record], expand)
                return Answer { record.write(to: &$0, wanted, scope.links, expansion) }
            }
        }
        table.on(.patch, "jobs/{id}", update)
        table.on(.get, "jobs/{id}/console_logs") { scope in
            let id = try scope.textIdentifier()
            let repository = JobRepository(tenant: scope.identity.tenantID)
            let hasTimes = wantsTimes(scope)
            let limit = scope.services.configuration.limits.pageByteCount
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                var writer = JSONWriter(reservingCapacity: 1 << 16)
                var failure: (any Error)?
                writer.array { writer in
                    do {
                        try repository.forEachLine(db, record.id) { line in
                            guard writer.bytes.count < limit else { throw tooLong(limit) }
                            guard hasTimes else { return writer.element(line.text) }
                            writer.element { writer in
                                writer.object { writer in
                                    writer.member("message", line.text)
                                    writer.member("created", line.created)
                                }
                            }
                        }
                    } catch {
                        failure = error
                    }
                }
                if let failure { throw failure }
                return Answer(status: .ok, bytes: writer.bytes)
            }
        }
        for path in ["jobs/{id}/tail_console_logs", "async/jobs/{id}/tail_console_logs"] {
            table.onStream(.get, path, tail)
        }
        table.on(.put, "trains/{id}/override_best_trial", overrideBestTrial)
    }

    /// A whole log is one answer, which is held in memory.
    private static func tooLong(_ limit: Int) -> APIError {
        APIError(
            .contentTooLarge,
            "The console log has more than \(limit) bytes; read tail_console_logs, which sends it piece by piece.")
    }

    private static let update: RouteTable.Handler = { scope in
        let id = try scope.textIdentifier()
        let body = try await scope.readJSON()
        let change = try change(try body.object())
        let stopped = StoppedRun()
        let answer = try await commit(scope, body.fingerprint) { db, repository in
            var job = try repository.existing(db, id)
            if job.id == scope.identity.jobID, job.status == JobStatus.pending.rawValue {
                // Whoever speaks with the job's token runs, though its start may not be written yet.
                _ = try JobRunRepository().begin(db, job.key)
                job = try repository.existing(db, id)
            }
            job = try repository.update(db, job, change)
            if change.status == JobStatus.stopped.rawValue { stopped.note(try JobRunRepository().requestStop(db, job)) }
            return job
        }
        if let run = stopped.run { try await JobStopRoutes.stop(run, scope.services) }
        return answer
    }

    /// What a training found to be its best trial is kept with the job.
    private static let overrideBestTrial: RouteTable.Handler = { scope in
        let id = try scope.textIdentifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let best = body.raw.value
        return try await commit(scope, body.fingerprint) { db, repository in
            let job = try repository.existing(db, id)
            var reader = FieldReader(row)
            _ = reader.text("trial_id", fallback: nil, maximum: 255, allowsEmpty: false)
            try reader.errors.throwIfAny()
            var meta = RawJSON(stored: job.meta).value.objectValue ?? [:]
            meta["best_trial"] = best
            return try repository.update(db, job, JobChange(meta: JSONValue.object(meta).description))
        }
    }

    private static func commit(
        _ scope: RequestScope, _ fingerprint: RequestFingerprint,
        _ body: @escaping @Sendable (Database, JobRepository) throws -> JobRecord
    ) async throws -> Answer {
        let repository = JobRepository(tenant: scope.identity.tenantID)
        let changed = ChangedJob()
        let answer = try await scope.write(fingerprint).commit(
            changing: [TableChange(table: .job, changedExisting: true)]
        ) { db in
            let record = try body(db, repository)
            changed.note(record.id)
            return Answer { record.write(to: &$0, .all, scope.links, .init()) }
        }
        if let job = changed.id { scope.services.watch.signal(job) }
        return answer
    }

    /// Whether `?timestamps=true` asks for the times of lines.
    private static func wantsTimes(_ scope: RequestScope) -> Bool {
        ["true", "1"].contains(scope.request.uri.queryParameters["timestamps"].map(String.init)?.lowercased())
    }

    private static let tail: RouteTable.StreamHandler = { scope in
        let id = try scope.textIdentifier()
        let repository = JobRepository(tenant: scope.identity.tenantID)
        let job = try await scope.database.read { db in try repository.existing(db, id) }
        let accepted = scope.request.headers[.accept]?.lowercased() ?? ""
        let isEventStream = accepted.contains("text/event-stream")
        let last = isEventStream ? scope.request.headers[.lastEventID].flatMap { Int64($0) } : nil
        let tail = try scope.services.watch.follow(job.id, tenant: scope.identity.tenantID)
        return ConsoleTail(
            tail: tail, uuid: job.uuid, database: scope.database,
            heartbeat: scope.services.configuration.tailHeartbeat, isEventStream: isEventStream,
            hasTimes: wantsTimes(scope), start: max(0, (last ?? -1).addingSaturated(1))
        ).response(to: scope.request)
    }

    private static func change(_ row: JSONRow) throws(APIError) -> JobChange {
        var errors = FieldErrors()
        var change = JobChange()
        if let raw = row["status"], !raw.isNull {
            let word = (try? String(reading: raw)) ?? raw.description
            change.status = JobStatusRules.status(word)
            if change.status == nil {
                errors.add(
                    "status",
                    "\"\(word.prefix(50))\" is not a valid choice: \(JobStatusRules.words.joined(separator: ", ")).")
            }
        }
        change.progress = record(row, "progress_record", &errors)
        change.metrics = record(row, "metrics_record", &errors)
        if let raw = row["result"] {
            if !raw.isNull, !raw.isObject, !raw.isArray { errors.add("result", "Value must be an object or a list.") }
            change.result = raw.isNull ? .clear : .set(raw.description)
        }
        if let raw = row["meta"] {
            if !raw.isNull, !raw.isObject { errors.add("meta", "Value must be an object.") }
            change.meta = raw.isNull ? "{}" : raw.description
        }
        if let raw = row["console_logs"], !raw.isNull { change.lines = PrintedLine.lines(reading: raw, &errors) }
        try errors.throwIfAny()
        return change
    }

    /// A snapshot that takes the place of the one before.
    private static func record(_ row: JSONRow, _ key: String, _ errors: inout FieldErrors) -> FieldUpdate<String> {
        guard let raw = row[key] else { return .keep }
        if raw.isNull { return .clear }
        if !raw.isObject { errors.add(key, "Value must be an object.") }
        return .set(raw.description)
    }
}

extension Int64 {
    /// The sum, or the largest number when it is larger than that.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension HTTPField.Name {
    static let lastEventID = Self("Last-Event-ID") ?? .ifMatch
}

/// The run that a write asked to end, when there is one.
private final class StoppedRun: Sendable {
    private let state = Mutex<JobRunRecord?>(nil)

    var run: JobRunRecord? { state.withLock { $0 } }

    func note(_ run: JobRunRecord?) { state.withLock { $0 = run } }
}

/// Which job a write has changed, known when the write was carried out rather than replayed.
private final class ChangedJob: Sendable {
    private let state = Mutex<Int64?>(nil)

    var id: Int64? { state.withLock { $0 } }

    func note(_ id: Int64) { state.withLock { $0 = id } }
}
