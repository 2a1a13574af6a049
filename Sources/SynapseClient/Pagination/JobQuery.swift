public import SynapseModels

/// Which jobs to list.
public struct JobQuery: Sendable, Hashable {
    /// Only jobs in one of these states.
    public var status: [JobStatus]
    /// Only jobs of this agent.
    public var agent: Agent.ID?
    /// Only runs of this action.
    public var action: String?
    /// Only runs of this plugin.
    public var plugin: PluginReference?
    /// Rows of the page, in the spelling that this list has beside `page_size`.
    public var limit: Int?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every job.
    ///
    /// - Parameters:
    ///   - status: Only jobs in one of these states.
    ///   - agent: Only jobs of this agent.
    ///   - action: Only runs of this action.
    ///   - plugin: Only runs of this plugin.
    ///   - limit: Rows of the page.
    ///   - list: What every list can be asked for.
    public init(
        status: [JobStatus] = [], agent: Agent.ID? = nil, action: String? = nil, plugin: PluginReference? = nil,
        limit: Int? = nil, list: ListQuery = ListQuery()
    ) {
        self.status = status
        self.agent = agent
        self.action = action
        self.plugin = plugin
        self.limit = limit
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if !status.isEmpty { items.append(QueryItem("status", status.map(\.rawValue).joined(separator: ","))) }
        if let agent { items.append(QueryItem("agent", agent.rawValue)) }
        if let action { items.append(QueryItem("action", action)) }
        if let plugin { items.append(QueryItem("plugin", plugin.text)) }
        if let limit { items.append(QueryItem("limit", limit)) }
        return items + list.items
    }
}

/// Which serve applications to list.
public struct ServeApplicationQuery: Sendable, Hashable {
    /// Only those of the plugin with this code.
    public var pluginCode: String?
    /// Only those whose job is of this agent.
    public var agent: Agent.ID?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every application.
    ///
    /// - Parameters:
    ///   - pluginCode: Only those of the plugin with this code.
    ///   - agent: Only those whose job is of this agent.
    ///   - list: What every list can be asked for.
    public init(pluginCode: String? = nil, agent: Agent.ID? = nil, list: ListQuery = ListQuery()) {
        self.pluginCode = pluginCode
        self.agent = agent
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let pluginCode { items.append(QueryItem("plugin_code", pluginCode)) }
        if let agent { items.append(QueryItem("job__agent", agent.rawValue)) }
        return items + list.items
    }
}
