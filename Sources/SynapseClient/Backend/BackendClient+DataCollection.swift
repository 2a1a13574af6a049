import HTTPTypes
public import SynapseModels

// Data collections, files and units. Source: docs/wire-protocol.md, "Data units" and "Files".
extension BackendClient {
    /// Lists data collections, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listDataCollections(_ query: ListQuery = ListQuery()) async throws -> Page<DataCollection> {
        try await page(ClientRequest("listDataCollections", .get, .path("data_collections/"), query: query.items))
    }

    /// Lists data collections, one page.
    ///
    /// The documented name of ``listDataCollections(_:)``.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listDataCollection(_ query: ListQuery = ListQuery()) async throws -> Page<DataCollection> {
        try await listDataCollections(query)
    }

    /// Lists all data collections.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The collections, fetched as they are read.
    public func listAllDataCollections(
        _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<DataCollection> {
        pages("listDataCollections", "data_collections/", query: query.items, options: options)
    }

    /// Gets a data collection with its file specifications.
    ///
    /// - Parameter id: The collection.
    /// - Returns: The collection.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getDataCollection(_ id: DataCollection.ID) async throws -> DataCollection {
        let query = [QueryItem("expand", "file_specifications")]
        return try await value(
            ClientRequest("getDataCollection", .get, .path("data_collections/\(id)/"), query: query)
        )
    }

    /// Creates a data collection.
    ///
    /// - Parameter collection: What to create.
    /// - Returns: The collection.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors, or `outcomeUnknown`.
    public func createDataCollection(_ collection: DataCollectionCreate) async throws -> DataCollection {
        try await value(
            ClientRequest(
                "createDataCollection", .post, .path("data_collections/"), body: HTTPBody(json: collection)
            )
        )
    }

    /// Stores a file as a data file.
    ///
    /// Up to one chunk (50 MiB unless configured otherwise) it is one request; larger files are uploaded in chunks.
    ///
    /// - Parameters:
    ///   - path: The file. Nothing may write to it until the call returns.
    ///   - useChunkedUpload: `nil` decides by size. An empty file is always sent directly.
    ///   - chunkByteCount: Bytes of one chunk; 50 MiB unless configured otherwise.
    ///   - onProgress: Told how far the upload is.
    ///   - onNotice: Told when an upload in chunks goes on with an earlier one, starts over or tries again.
    /// - Returns: The data file; its checksum names it in a data unit.
    /// - Throws: ``ClientError``, coded `fileUnreadable`, `unsafeContent`, `fileChanged`, `checksumMismatch`,
    ///   `uploadInterrupted`, `outcomeUnknown`, or what the server answered.
    @concurrent
    public func createDataFile(
        _ path: String, useChunkedUpload: Bool? = nil, chunkByteCount: Int64? = nil,
        onProgress: (@Sendable (UploadProgress) -> Void)? = nil, onNotice: (@Sendable (UploadNotice) -> Void)? = nil
    ) async throws -> DataFile {
        let source = try await openForUpload(path)
        return try await createDataFile(
            from: source, useChunkedUpload: useChunkedUpload, chunkByteCount: chunkByteCount, onProgress: onProgress,
            onNotice: onNotice)
    }

    /// Stores an open file, which the content guard has seen.
    package func createDataFile(
        from source: FileSource, useChunkedUpload: Bool? = nil, chunkByteCount: Int64? = nil,
        onProgress: (@Sendable (UploadProgress) -> Void)? = nil, onNotice: (@Sendable (UploadNotice) -> Void)? = nil
    ) async throws -> DataFile {
        let isLarge = source.byteCount > chunkByteCount ?? configuration.limits.chunkByteCount
        guard source.byteCount > 0, useChunkedUpload ?? isLarge else {
            return try await withSecondTry { try await sendDataFile(source, onProgress: onProgress) }
        }
        let uploader = ChunkedUploader(
            client: self, source: source, chunkByteCount: chunkByteCount, onProgress: onProgress, onNotice: onNotice
        )
        return try await uploader.run { try await createDataFile(from: $0) }
    }

    /// Makes a data file of a chunked upload, which is used up by it.
    ///
    /// - Parameter uploaded: The upload.
    /// - Returns: The data file.
    /// - Throws: ``ClientError``, coded `checksumMismatch` when the server's digest is another.
    public func createDataFile(from uploaded: UploadedFile) async throws -> DataFile {
        // The id goes back as it came, text or number.
        let id = uploaded.upload.row?["id"] ?? RawJSON(.string(uploaded.upload.id.rawValue))
        var writer = JSONWriter()
        writer.object { $0.member("chunked_upload", id) }
        let request = ClientRequest("createDataFile", .post, .path("data_files/"), body: HTTPBody(bytes: writer.bytes))
        let file: DataFile = try await PassingPages(client: self).waitOut { try await value(request) }
        try check(file, checksum: uploaded.checksum, byteCount: uploaded.byteCount, name: file.filename ?? "the file")
        return file
    }

    /// One clean second try of a file that was damaged on its way.
    package func withSecondTry<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ClientError where error.code == .checksumMismatch {
            return try await body()
        }
    }

    private func sendDataFile(
        _ source: FileSource, onProgress: (@Sendable (UploadProgress) -> Void)?
    ) async throws -> DataFile {
        let digest = SentDigest()
        let total = source.byteCount
        var form = MultipartForm()
        let meter = UploadMeter(source, onProgress)
        let pieces = PieceCounter(start: 0) { count, end in meter.sent(count, to: end) }
        let onRead: @Sendable (Int64) -> Void = { pieces.note($0) }
        let range = HTTPBody.FileRange(source: source, offset: 0, byteCount: total, digest: digest, onRead: onRead)
        form.addFile(name: "file", filename: source.name, content: .file(range))
        var request = ClientRequest("createDataFile", .post, .path("data_files/"), body: form.body())
        request.isTransfer = true
        let file: DataFile = try await PassingPages(client: self).waitOut { [request] in try await value(request) }
        try source.checkUnchanged()
        try check(file, checksum: digest.hexadecimal(of: source), byteCount: total, name: source.name)
        meter.acknowledged(total)
        return file
    }

    /// Compares what the server has with what was sent.
    ///
    /// A digest of another kind than MD5 is not compared.
    package func check(
        _ file: DataFile, checksum: String, byteCount: Int64, name: String
    ) throws(ClientError) {
        let isOther = file.checksum.utf8.count == 32 && file.checksum.lowercased() != checksum
        let isShort = file.size.map { Int64($0) != byteCount } ?? false
        guard isOther || isShort else { return }
        throw ClientError(
            .checksumMismatch, "the server stored something else than \(name): \(isOther ? "digest" : "size") differs",
            delivery: .answered
        )
    }

    /// Asks which files the server has already, 1000 in a request.
    ///
    /// - Parameter checksums: MD5 digests in hexadecimal digits.
    /// - Returns: Those that exist.
    /// - Throws: ``ClientError``.
    public func verifyDataFilesChecksums(_ checksums: [String]) async throws -> Set<String> {
        var existing: Set<String> = []
        for batch in checksums.batches(of: Self.batchSize) {
            var request = ClientRequest(
                "verifyDataFilesChecksums", .post, .path("data_files/verify_checksums/"),
                body: HTTPBody(json: ChecksumQuery(checksums: Array(batch)))
            )
            // A question, though its method is POST: asking twice changes nothing.
            request.isRead = true
            let answer: ChecksumAnswer = try await value(request)
            existing.formUnion(answer.existingChecksums)
        }
        return existing
    }

    /// Creates data units of files that are stored, 1000 in a request.
    ///
    /// - Parameter units: What to create, in order.
    /// - Returns: The units in the order of the request.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors such as `[3].files`, counted within the
    ///   batch; or `outcomeUnknown`.
    public func createDataUnits(_ units: [DataUnitCreate]) async throws -> [DataUnit] {
        var created: [DataUnit] = []
        for batch in units.batches(of: Self.batchSize) {
            created += try await createBatch(Array(batch))
        }
        return created
    }

    package func createBatch(_ units: [DataUnitCreate]) async throws -> [DataUnit] {
        let request = ClientRequest(
            "createDataUnits", .post, .path("data_units/"), body: HTTPBody(jsonArray: units)
        )
        // A bare list, or `{"results": [...]}`: a page is both.
        let page: Page<DataUnit> = try await page(request)
        guard page.oddRows.isEmpty, page.rows.count == units.count else {
            throw ClientError(
                .unexpectedShape,
                "the server answered \(page.rows.count) units to \(units.count), \(page.oddRows.count) of them unreadable; "
                    + "they were created: list the units of the collection",
                delivery: .answered
            ).filling(pipeline.context(of: request))
        }
        return page.results
    }

    /// Gets a data unit.
    ///
    /// - Parameters:
    ///   - id: The unit.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: Relations to send as objects, for example `files`.
    /// - Returns: The unit.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getDataUnit(
        _ id: DataUnit.ID, fields: [String] = [], expand: [String] = []
    ) async throws -> DataUnit {
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(ClientRequest("getDataUnit", .get, .path("data_units/\(id)/"), query: query))
    }

    /// Lists data units, one page.
    ///
    /// - Parameters:
    ///   - query: Which ones. `page_size` is always sent, as the platform's own client does.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listDataUnits(
        _ query: DataUnitQuery = DataUnitQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<DataUnit> {
        var items = query.items
        if query.list.pageSize == nil { items.append(QueryItem("page_size", configuration.limits.pageSize)) }
        let page: Page<DataUnit> = try await page(
            ClientRequest("listDataUnits", .get, .path("data_units/"), query: items)
        )
        return try await convert(page, urlConversion)
    }

    /// Lists all data units.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files; unlike the platform's own client, nothing unless given.
    ///   - options: How to walk through the pages.
    /// - Returns: The units, fetched as they are read.
    public func listAllDataUnits(
        _ query: DataUnitQuery = DataUnitQuery(), urlConversion: URLConversion? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<DataUnit> {
        pages(
            "listDataUnits", "data_units/", query: query.items, options: options, transform: conversion(urlConversion))
    }
}
