import GRDB
import SynapseModels

/// A row of `job_log` with its job's UUID and its file's name.
struct JobLogRecord: Sendable {
    static let columns = """
        job_log.id, job_log.job_id, (SELECT uuid FROM job WHERE job.id = job_log.job_id), job_log.event, job_log.step, \
        job_log.level, job_log.data, job_log.datetime, job_log.created, job_log.original_name, \
        (SELECT name FROM stored_file WHERE stored_file.id = job_log.stored_file_id)
        """

    let id: Int64
    let job: Int64
    let jobUUID: String
    let event: String
    let step: String?
    let level: String?
    let data: String
    let datetime: String
    let created: String
    let originalName: String?
    let storedName: String?

    init(row: Row) {
        id = row[0]
        job = row[1]
        jobUUID = row[2]
        event = row[3]
        step = row[4]
        level = row[5]
        data = row[6]
        datetime = row[7]
        created = row[8]
        originalName = row[9]
        storedName = row[10]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("job", wanted, jobUUID)
            writer.member("event", wanted, event)
            writer.member("step", wanted, step)
            writer.member("level", wanted, level)
            writer.member("data", wanted, RawJSON(stored: data))
            writer.member("file", wanted, storedName.map { links.file(name: $0, filename: originalName ?? "") })
            writer.member("datetime", wanted, datetime)
            writer.member("created", wanted, created)
        }
    }
}

/// One entry that a client sends.
struct JobLogValues: Sendable {
    /// The job as the client names it: UUID or number.
    var job: String
    var event: String
    var step: String?
    var level: String?
    var data: String
    var datetime: String
    /// Set when the client gave no time: then nothing tells a repeated entry from a new one.
    var salt: String?
    var file: DataURI?
}
