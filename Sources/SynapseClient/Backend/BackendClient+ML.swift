import HTTPTypes
public import SynapseModels

// Models. Source: docs/wire-protocol.md, "Models".
extension BackendClient {
    /// Lists models, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listModels(_ query: ModelQuery = ModelQuery()) async throws -> Page<Model> {
        try await page(ClientRequest("listModels", .get, .path("models/"), query: query.items))
    }

    /// Lists all models.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The models, fetched as they are read.
    public func listAllModels(
        _ query: ModelQuery = ModelQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<Model> {
        pages("listModels", "models/", query: query.items, options: options)
    }

    /// Gets a model.
    ///
    /// Unlike the platform's own client this downloads nothing; see ``downloadModel(_:to:)-(Model,_)``.
    ///
    /// - Parameters:
    ///   - id: The model.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: What to send as well: `metrics`, `plugin`, `project`.
    /// - Returns: The model; its `file` is an address that works for a while.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getModel(_ id: Model.ID, fields: [String] = [], expand: [String] = []) async throws -> Model {
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(ClientRequest("getModel", .get, .path("models/\(id)/"), query: query))
    }

    /// Downloads the file of a model.
    ///
    /// The content goes to a temporary file beside `path`, which takes its name when size and digest are right.
    ///
    /// - Parameters:
    ///   - id: The model.
    ///   - path: Where to put it. Its folder exists.
    /// - Returns: What was fetched.
    /// - Throws: ``ClientError``, coded `notFound`, `checksumMismatch`, `fileUnwritable` or by the transport.
    @discardableResult
    public func downloadModel(_ id: Model.ID, to path: String) async throws -> DownloadedFile {
        try await downloadModel(try await getModel(id), to: path)
    }

    /// Downloads the file of a model that was got before.
    ///
    /// - Parameters:
    ///   - model: The model. Its size and MD5 are checked where it has them.
    ///   - path: Where to put it. Its folder exists.
    /// - Returns: What was fetched.
    /// - Throws: ``ClientError``, coded `invalidArgument` when the model has no address, or as the download of any file.
    @discardableResult
    public func downloadModel(_ model: Model, to path: String) async throws -> DownloadedFile {
        guard let file = model.file else {
            throw ClientError(.invalidArgument, "model \(model.id) has no address to download it from")
        }
        return try await download(file, to: path, byteCount: model.size.map(Int64.init), checksum: model.checksum)
    }

    /// Creates a model.
    ///
    /// The file goes up first, in chunks; see ``createChunkedUpload(_:chunkByteCount:onProgress:onNotice:)``.
    ///
    /// - Parameters:
    ///   - model: What to create. Its `chunkedUpload` is set when a file is given.
    ///   - file: The file; `nil` when `chunkedUpload` names one that is uploaded already.
    ///   - chunkByteCount: Bytes of one chunk; 50 MiB unless configured otherwise.
    ///   - onProgress: Told how far the upload is.
    ///   - onNotice: Told when the upload goes on with an earlier one, starts over or tries again.
    /// - Returns: The model.
    /// - Throws: ``ClientError``, as a chunked upload, and `validationFailed` with field errors, or `outcomeUnknown`.
    ///   An upload is one model: creating it again from the same upload gives the same model.
    public func createModel(
        _ model: ModelCreate, file: String? = nil, chunkByteCount: Int64? = nil,
        onProgress: (@Sendable (UploadProgress) -> Void)? = nil, onNotice: (@Sendable (UploadNotice) -> Void)? = nil
    ) async throws -> Model {
        guard let file else { return try await sendModel(model) }
        let uploader = ChunkedUploader(
            client: self, source: try await openForUpload(file), chunkByteCount: chunkByteCount,
            onProgress: onProgress, onNotice: onNotice
        )
        return try await uploader.run { uploaded in
            var body = model
            // The id goes back as it came, text or number.
            body.chunkedUpload = uploaded.upload.row?["id"]?.value ?? .string(uploaded.upload.id.rawValue)
            return try await sendModel(body)
        }
    }

    private func sendModel(_ body: ModelCreate) async throws -> Model {
        try await value(ClientRequest("createModel", .post, .path("models/"), body: HTTPBody(json: body)))
    }

    /// Changes a model.
    ///
    /// Ours alone.
    ///
    /// - Parameters:
    ///   - id: The model.
    ///   - changes: What to change.
    /// - Returns: The model.
    /// - Throws: ``ClientError``, coded `notFound` or `validationFailed`.
    @discardableResult
    public func updateModel(_ id: Model.ID, _ changes: ModelUpdate) async throws -> Model {
        try await value(ClientRequest("updateModel", .patch, .path("models/\(id)/"), body: HTTPBody(json: changes)))
    }
}

/// Which models to list.
public struct ModelQuery: Sendable, Hashable {
    /// Only models of this project.
    public var project: Project.ID?
    /// Only models of the plugin with this code.
    public var plugin: String?
    /// Only models that are, or are not, in use.
    public var isReleased: Bool?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every model.
    ///
    /// - Parameters:
    ///   - project: Only models of this project.
    ///   - plugin: Only models of the plugin with this code.
    ///   - isReleased: Only models that are, or are not, in use.
    ///   - list: What every list can be asked for.
    public init(
        project: Project.ID? = nil, plugin: String? = nil, isReleased: Bool? = nil, list: ListQuery = ListQuery()
    ) {
        self.project = project
        self.plugin = plugin
        self.isReleased = isReleased
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let project { items.append(QueryItem("project", project.rawValue)) }
        if let plugin { items.append(QueryItem("plugin", plugin)) }
        if let isReleased { items.append(QueryItem("is_released", isReleased)) }
        return items + list.items
    }
}
