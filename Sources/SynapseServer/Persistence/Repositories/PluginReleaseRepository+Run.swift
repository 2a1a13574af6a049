import GRDB

extension PluginReleaseRepository {
    /// The release that runs when none is named: the newest; one that is there for trying out only when it is the only
    /// kind, or when that is asked for.
    func runnable(_ db: Database, plugin: Int64, version: String?, isDebug: Bool) throws -> PluginReleaseRecord? {
        if let version { return try find(db, plugin: plugin, version: version) }
        if isDebug { return try newest(db, plugin: plugin) }
        let order =
            "SELECT id FROM plugin_release WHERE plugin_id = ? AND tenant_id = ? ORDER BY debug, id DESC LIMIT 1"
        guard let id = try Int64.fetchOne(db, sql: order, arguments: [plugin, tenant]) else { return nil }
        return try find(db, [id])[id]
    }
}

extension PluginReleaseRecord {
    /// The action as the release's configuration names it.
    ///
    /// Two names of actions have an older spelling, which callers and configurations mix.
    /// - Throws: ``APIError`` that names the actions that there are; a release that lists none takes any.
    func action(named name: String) throws(APIError) -> String {
        let known = actions.map(\.name)
        if known.isEmpty || known.contains(name) { return name }
        let other = ["infer": "inference", "inference": "infer", "deploy": "deployment", "deployment": "deploy"][name]
        if let other, known.contains(other) { return other }
        throw APIError.field(
            "action",
            "Release \(values.version) has no action \"\(name.prefix(100))\"; it has \(known.joined(separator: ", ")).")
    }

    /// The action that is meant when none is named.
    ///
    /// - Throws: ``APIError`` that names the actions that there are, unless there is one.
    func onlyAction() throws(APIError) -> String {
        let known = actions.map(\.name)
        if let name = known.first, known.count == 1 { return name }
        let choice = known.isEmpty ? "it lists none" : "it has \(known.joined(separator: ", "))"
        throw APIError.field("action", "This field is required: release \(values.version), \(choice).")
    }
}
