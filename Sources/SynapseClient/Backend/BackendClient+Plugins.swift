import HTTPTypes
public import SynapseModels

// Plugins. Source: docs/wire-protocol.md, "Plugins".
extension BackendClient {
    /// Gets a plugin.
    ///
    /// - Parameter plugin: The plugin, by number or code.
    /// - Returns: The plugin.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getPlugin(_ plugin: PluginReference) async throws -> Plugin {
        try await value(ClientRequest("getPlugin", .get, .path("plugins/\(try Self.segment(plugin))/")))
    }

    /// Lists plugins, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listPlugins(_ query: PluginQuery = PluginQuery()) async throws -> Page<Plugin> {
        try await page(ClientRequest("listPlugins", .get, .path("plugins/"), query: query.items))
    }

    /// Lists all plugins.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The plugins, fetched as they are read.
    public func listAllPlugins(
        _ query: PluginQuery = PluginQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<Plugin> {
        pages("listPlugins", "plugins/", query: query.items, options: options)
    }

    /// Creates a plugin.
    ///
    /// - Parameter plugin: What to create.
    /// - Returns: The plugin.
    /// - Throws: ``ClientError``, coded `validationFailed` with a field error on `code` when the code is taken, or
    ///   `outcomeUnknown`.
    public func createPlugin(_ plugin: PluginCreate) async throws -> Plugin {
        try await value(ClientRequest("createPlugin", .post, .path("plugins/"), body: HTTPBody(json: plugin)))
    }

    /// Changes a plugin; what the update leaves out stays.
    ///
    /// - Parameters:
    ///   - plugin: The plugin, by number or code.
    ///   - update: What to change.
    /// - Returns: The plugin as it is now.
    /// - Throws: ``ClientError``, coded `notFound` or `validationFailed` with field errors.
    public func updatePlugin(_ plugin: PluginReference, _ update: PluginUpdate) async throws -> Plugin {
        let path = "plugins/\(try Self.segment(plugin))/"
        return try await value(ClientRequest("updatePlugin", .put, .path(path), body: HTTPBody(json: update)))
    }

    /// A reference as one part of a path.
    ///
    /// - Throws: ``ClientError`` coded `invalidArgument` for a code that would make another path.
    package static func segment(_ plugin: PluginReference) throws(ClientError) -> String {
        try segment(plugin.text, of: "a plugin's code")
    }

    /// Text as one part of a path.
    ///
    /// - Throws: ``ClientError`` coded `invalidArgument` for text that would make another path.
    package static func segment(
        _ text: String, of what: String, keeping kept: String = ""
    ) throws(ClientError) -> String {
        // Dots alone are steps in a path, whether they are encoded or not.
        guard !text.isEmpty, text != ".", text != ".." else {
            throw ClientError(.invalidArgument, "\(what) cannot be '\(text)'")
        }
        return PercentEncoding.encode(text, keeping: kept)
    }
}

/// Which plugins to list.
public struct PluginQuery: Sendable, Hashable {
    /// Only plugins of this kind.
    public var category: PluginCategory?
    /// Only plugins that can, or cannot, be run.
    public var isActive: Bool?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every plugin.
    ///
    /// - Parameters:
    ///   - category: Only plugins of this kind.
    ///   - isActive: Only plugins that can, or cannot, be run.
    ///   - list: What every list can be asked for.
    public init(category: PluginCategory? = nil, isActive: Bool? = nil, list: ListQuery = ListQuery()) {
        self.category = category
        self.isActive = isActive
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let category { items.append(QueryItem("category", category.rawValue)) }
        if let isActive { items.append(QueryItem("is_active", isActive)) }
        return items + list.items
    }
}
