import HTTPTypes
public import SynapseModels

// Plugin releases. Source: docs/wire-protocol.md, "Plugin releases".
extension BackendClient {
    /// Creates a release of a plugin, with or without its archive.
    ///
    /// Without an archive the body is JSON, with one it is a form. A file is streamed: an archive of any size takes a
    /// few MiB of memory.
    ///
    /// Shape: a regular file of at least one byte that nothing writes to until the call returns.
    /// - Parameters:
    ///   - release: What to create.
    ///   - file: The archive.
    /// - Returns: The release.
    /// - Throws: ``ClientError``, coded `validationFailed` with a field error on `version` when the version is there
    ///   already, `fileUnreadable`, `fileChanged`, `checksumMismatch` or `outcomeUnknown`.
    @concurrent
    public func createPluginRelease(
        _ release: PluginReleaseCreate, file: PluginArchive? = nil
    ) async throws -> PluginRelease {
        guard let file else { return try await sendRelease(HTTPBody(json: release)) }
        var form = MultipartForm()
        form.addText(name: "plugin", value: release.plugin.text)
        form.addText(name: "version", value: release.version)
        if let config = release.config { form.addText(name: "config", value: config.description) }
        for requirement in release.requirements ?? [] { form.addText(name: "requirements", value: requirement) }
        form.addText(name: "debug", value: release.debug ? "True" : "False")
        let source: FileSource? = if case .path(let path) = file { try FileSource(path: path) } else { nil }
        let digest = SentDigest()
        switch file {
        case .path:
            guard let source else { break }
            let range = HTTPBody.FileRange(source: source, offset: 0, byteCount: source.byteCount, digest: digest)
            form.addFile(name: "file", filename: source.name, content: .file(range))
        case .bytes(let bytes, let filename):
            form.addFile(name: "file", filename: filename, content: .bytes(bytes))
        }
        let created = try await sendRelease(form.body(), isTransfer: true)
        if let source {
            try source.checkUnchanged()
            try Self.check(created, checksum: digest.hexadecimal(of: source), byteCount: source.byteCount)
        } else if case .bytes(let bytes, _) = file {
            try Self.check(created, checksum: FileSource.md5(of: bytes), byteCount: Int64(bytes.count))
        }
        return created
    }

    private func sendRelease(_ body: HTTPBody, isTransfer: Bool = false) async throws -> PluginRelease {
        var request = ClientRequest("createPluginRelease", .post, .path("plugin_releases/"), body: body)
        request.isTransfer = isTransfer
        return try await value(request)
    }

    /// Compares what the server has with what was sent, where it says so.
    private static func check(
        _ release: PluginRelease, checksum: String, byteCount: Int64
    ) throws(ClientError) {
        let isOther = release.checksum.map { $0.utf8.count == 32 && $0.lowercased() != checksum } ?? false
        let isShort = release.size.map { Int64($0) != byteCount } ?? false
        guard isOther || isShort else { return }
        throw ClientError(
            .checksumMismatch,
            "the server stored another archive than was sent: \(isOther ? "digest" : "size") differs",
            delivery: .answered)
    }

    /// Gets a plugin release.
    ///
    /// - Parameters:
    ///   - id: The release.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: Relations to send as objects, for example `plugin`.
    /// - Returns: The release.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getPluginRelease(
        _ id: PluginRelease.ID, fields: [String] = [], expand: [String] = []
    ) async throws -> PluginRelease {
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(
            ClientRequest("getPluginRelease", .get, .path("plugin_releases/\(id)/"), query: query))
    }

    /// Gets a plugin release by a look-up, its plugin as an object.
    ///
    /// - Parameters:
    ///   - lookup: `code@version`, or the release's number as text.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: Relations to send as objects.
    /// - Returns: The release.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant, or `invalidArgument`.
    public func getPluginReleaseByLookup(
        _ lookup: String, fields: [String] = [], expand: [String] = ["plugin"]
    ) async throws -> PluginRelease {
        let path = "plugin_releases/\(try Self.segment(lookup, of: "a look-up", keeping: "@"))/"
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(ClientRequest("getPluginReleaseByLookup", .get, .path(path), query: query))
    }

    /// Lists plugin releases, one page, the newest first.
    ///
    /// - Parameters:
    ///   - plugin: Only releases of this plugin, by number or code.
    ///   - query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listPluginReleases(
        _ plugin: PluginReference? = nil, _ query: ListQuery = ListQuery()
    ) async throws -> Page<PluginRelease> {
        let items = Self.items(of: plugin, query)
        return try await page(ClientRequest("listPluginReleases", .get, .path("plugin_releases/"), query: items))
    }

    /// Lists all plugin releases, the newest first.
    ///
    /// - Parameters:
    ///   - plugin: Only releases of this plugin, by number or code.
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The releases, fetched as they are read.
    public func listAllPluginReleases(
        _ plugin: PluginReference? = nil, _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<PluginRelease> {
        pages("listPluginReleases", "plugin_releases/", query: Self.items(of: plugin, query), options: options)
    }

    private static func items(of plugin: PluginReference?, _ query: ListQuery) -> [QueryItem] {
        (plugin.map { [QueryItem("plugin", $0.text)] } ?? []) + query.items
    }
}
