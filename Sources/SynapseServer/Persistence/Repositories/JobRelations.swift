import GRDB
import SynapseModels

/// What jobs refer to, as the objects that stand in the place of the numbers.
enum JobRelations {
    static func releases(
        _ db: Database, _ tenant: Int64, _ ids: Set<Int64>
    ) throws -> [Int64: (release: PluginReleaseRecord, plugin: PluginRecord?)] {
        let releases = try PluginReleaseRepository(tenant: tenant).find(db, ids)
        let plugins = try PluginRepository(tenant: tenant).find(db, Set(releases.values.map(\.plugin)))
        return releases.mapValues { ($0, plugins[$0.plugin]) }
    }

    static func agents(_ db: Database, _ tenant: Int64, _ ids: Set<Int64>) throws -> [Int64: RawJSON] {
        let condition = Condition.oneOf("id", ids.sorted())
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, name, url FROM agent WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        var objects: [Int64: RawJSON] = [:]
        for row in rows {
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("id", row[0] as Int64)
                writer.member("name", row[1] as String)
                writer.member("url", row[2] as String?)
            }
            objects[row[0]] = RawJSON(trusted: writer.bytes)
        }
        return objects
    }
}
