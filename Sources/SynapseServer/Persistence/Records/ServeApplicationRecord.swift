import GRDB
import SynapseModels

/// A row of `serve_application` with what its job tells.
struct ServeApplicationRecord: Sendable {
    static let columns = """
        serve_application.id, serve_application.status, serve_application.data, serve_application.created, \
        (SELECT uuid FROM job WHERE job.id = serve_application.job_id), \
        (SELECT action FROM job WHERE job.id = serve_application.job_id), \
        (SELECT agent_id FROM job WHERE job.id = serve_application.job_id), \
        (SELECT plugin_release_id FROM job WHERE job.id = serve_application.job_id), \
        (SELECT plugin.code FROM job JOIN plugin_release ON plugin_release.id = job.plugin_release_id \
        JOIN plugin ON plugin.id = plugin_release.plugin_id WHERE job.id = serve_application.job_id)
        """

    let id: Int64
    let status: String
    let data: String
    let created: String
    let job: String
    let action: String
    let agent: Int64?
    let release: Int64
    let pluginCode: String

    init(row: Row) {
        id = row[0]
        status = row[1]
        data = row[2]
        created = row[3]
        job = row[4]
        action = row[5]
        agent = row[6]
        release = row[7]
        pluginCode = row[8]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("status", wanted, status)
            writer.member("job", wanted, job)
            writer.member("action", wanted, action)
            writer.member("agent", wanted, agent)
            writer.member("plugin_release", wanted, release)
            writer.member("plugin_code", wanted, pluginCode)
            writer.member("data", wanted, RawJSON(stored: data))
            writer.member("created", wanted, created)
        }
    }
}
