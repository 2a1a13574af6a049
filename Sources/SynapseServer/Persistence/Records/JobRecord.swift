import GRDB
import SynapseModels

/// A row of `job`.
struct JobRecord: Sendable {
    static let columns = """
        job.id, job.uuid, job.plugin_release_id, job.agent_id, job.storage_id, job.user_id, job.action, job.params, \
        job.status, job.language, job.debug, job.progress_record, job.metrics_record, job.result, job.meta, job.error, \
        job.created, job.modified, job.started, job.completed, job.tenant_id
        """

    /// What names a job inside the server.
    struct Key: Sendable, Hashable {
        let tenant: Int64
        let id: Int64
    }

    let key: Key
    let uuid: String
    let release: Int64
    let agent: Int64?
    let storage: Int64?
    let user: Int64
    let action: String
    let params: String
    let status: String
    let language: String
    let isDebug: Bool
    let progress: String?
    let metrics: String?
    let result: String?
    let meta: String
    let error: String?
    let created: String
    let modified: String
    let started: String?
    let completed: String?

    var id: Int64 { key.id }

    init(row: Row) {
        key = Key(tenant: row[20], id: row[0])
        uuid = row[1]
        release = row[2]
        agent = row[3]
        storage = row[4]
        user = row[5]
        action = row[6]
        params = row[7]
        status = row[8]
        language = row[9]
        isDebug = row[10]
        progress = row[11]
        metrics = row[12]
        result = row[13]
        meta = row[14]
        error = row[15]
        created = row[16]
        modified = row[17]
        started = row[18]
        completed = row[19]
    }

    /// Related rows that are written in place of their identifiers, and the log.
    struct Expansion: Sendable {
        var releases: [Int64: (release: PluginReleaseRecord, plugin: PluginRecord?)] = [:]
        var agents: [Int64: RawJSON] = [:]
        /// The places of those that wait for this server.
        var places: [Int64: JobQueuePlace] = [:]
        /// The entries of each job that is asked for with its log; `nil` when it is not asked for.
        var logs: [Int64: [JobLogRecord]]?
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion) {
        writer.object { writer in
            writer.member("id", wanted, uuid)
            writer.member("status", wanted, status)
            writer.member("action", wanted, action)
            writer.member("is_active", wanted, !JobStatusRules.isFinal(status))
            if wanted.contains("plugin_release") {
                writer.member("plugin_release") { writer in
                    if let record = expansion.releases[release] {
                        record.release.write(to: &writer, .all, links, plugin: record.plugin)
                    } else {
                        release.write(to: &writer)
                    }
                }
            }
            writer.member("agent", wanted, agent.map { expansion.agents[$0] ?? RawJSON(stored: "\($0)") })
            writer.member("storage", wanted, storage)
            writer.member("params", wanted, RawJSON(stored: params))
            writer.member("progress_record", wanted, progress.map(RawJSON.init(stored:)))
            writer.member("metrics_record", wanted, metrics.map(RawJSON.init(stored:)))
            writer.member("result", wanted, result.map(RawJSON.init(stored:)))
            let place = expansion.places[id]
            writer.member("meta", wanted, place.map { RawJSON(.object(meta(with: $0))) } ?? RawJSON(stored: meta))
            writer.member("queue", wanted, place.map { RawJSON($0.value) } ?? queue)
            writer.member("error", wanted, error.map(RawJSON.init(stored:)))
            writer.member("language", wanted, language)
            writer.member("debug", wanted, isDebug)
            writer.member("user", wanted, user)
            writer.member("created", wanted, created)
            writer.member("modified", wanted, modified)
            writer.member("started", wanted, started)
            writer.member("finished", wanted, completed)
            writer.member("completed", wanted, completed)
            guard let logs = expansion.logs, wanted.contains("logs") else { return }
            writer.member("logs") { writer in
                writer.array { writer in
                    for log in logs[id] ?? [] { writer.element { log.write(to: &$0, .all, links) } }
                }
            }
        }
    }

    private func meta(with place: JobQueuePlace) -> JSONObject {
        var object = RawJSON(stored: meta).value.objectValue ?? [:]
        object["queue"] = place.value
        return object
    }

    /// What another agent says about the job's place in its queue; it keeps that in `meta`.
    private var queue: RawJSON? {
        let queue = (try? RawJSON(stored: meta).row())?["queue"]
        return queue.flatMap { $0.isObject ? $0 : nil }
    }
}

/// What a client, or what runs a job, says about it.
struct JobChange: Sendable {
    /// In the spelling of the wire.
    var status: String?
    var progress = FieldUpdate<String>.keep
    var metrics = FieldUpdate<String>.keep
    var result = FieldUpdate<String>.keep
    var meta: String?
    /// Why it failed, for people.
    var error: String?
    var lines: [PrintedLine] = []
    /// When it came to its end, where that is not now.
    var completed: String?
}

/// What a new job is made of.
struct JobValues: Sendable {
    /// The identifier that the client chose; `nil` takes a new one.
    var uuid: String?
    var user: Int64
    var release: Int64
    var agent: Int64?
    var storage: Int64?
    var action: String
    var params = "{}"
    var language = "ko"
    var isDebug = false
}
