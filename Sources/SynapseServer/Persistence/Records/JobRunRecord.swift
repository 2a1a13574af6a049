import GRDB
import SynapseModels

/// A row of `job_run`: a job that this server runs itself.
struct JobRunRecord: Sendable {
    static let columns = """
        job_run.job_id, job_run.tenant_id, job_run.executor, job_run.handle, job_run.access_token_id, \
        job_run.position, job_run.begun, job_run.stop_requested, job_run.ended
        """

    let job: JobRecord.Key
    /// Who runs it; `nil` while it waits.
    let executor: String?
    let handle: String?
    /// The token that the job works with.
    let token: Int64?
    /// How many bytes of its output are kept as lines.
    let position: Int64
    let begun: String?
    let stopRequested: String?
    let ended: String?

    init(row: Row) {
        job = JobRecord.Key(tenant: row[1], id: row[0])
        executor = row[2]
        handle = row[3]
        token = row[4]
        position = row[5]
        begun = row[6]
        stopRequested = row[7]
        ended = row[8]
    }
}

/// A place in the queue, as the wire shows it.
struct JobQueuePlace: Sendable, Equatable {
    /// From 1 on; `nil` when it has a slot and waits for its executor.
    var position: Int?
    /// Why it waits, for people.
    var reason: String
    /// The jobs of the same tenant that hold a slot.
    var blockers: [String]

    var value: JSONValue {
        [
            "position": position.map { .integer(Int64($0)) } ?? .null, "reason": .string(reason),
            "blockers": .array(blockers.map { .string($0) }),
        ]
    }
}
