public import SynapseModels

extension BackendClient {
    /// Uploads the files of one data unit, without making the unit.
    ///
    /// - Parameters:
    ///   - organizedFile: The files by specification, notes and groups.
    ///   - collection: The collection in which the unit will be made.
    ///   - useChunkedUpload: `nil` decides by size.
    /// - Returns: What ``createDataUnits(_:)`` takes.
    /// - Throws: ``ClientError`` of the first file that fails.
    public func uploadDataFile(
        _ organizedFile: OrganizedFile, collectionID collection: DataCollection.ID, useChunkedUpload: Bool? = nil
    ) async throws -> DataUnitCreate {
        var files: [String: DataUnitCreate.File] = [:]
        for (specification, path) in organizedFile.files.sorted(by: { $0.key < $1.key }) {
            let file = try await createDataFile(path, useChunkedUpload: useChunkedUpload)
            files[specification] = .init(checksum: file.checksum, path: path)
        }
        return DataUnitCreate(
            dataCollection: collection, files: files, meta: organizedFile.meta ?? .object([:]),
            groups: organizedFile.groups
        )
    }

    /// Uploads many data units: their files, the units, and a task for each where a project is given.
    ///
    /// Files that the server has already are not sent again. One bad file costs its own item and no other.
    ///
    /// - Parameters:
    ///   - id: The collection.
    ///   - items: What to upload.
    ///   - projectID: The project in which each unit gets a task; `nil` makes none.
    ///   - batchSize: Units of one request, at most 1000.
    ///   - maximumConcurrency: Files at a time, at most; fewer after the server answered 429 or 503.
    ///   - onProgress: Told how far the upload is.
    /// - Returns: The outcome of each item, in the order of the items.
    /// - Throws: `CancellationError`; every other failure is in the outcomes.
    public func uploadDataCollection(
        _ id: DataCollection.ID, items: [OrganizedFile], projectID: Project.ID? = nil,
        batchSize: Int = CollectionUploadOptions().batchSize,
        maximumConcurrency: Int = CollectionUploadOptions().maximumConcurrency,
        onProgress: (@Sendable (CollectionUploadProgress) -> Void)? = nil
    ) async throws -> CollectionUploadResult {
        let options = CollectionUploadOptions(
            projectID: projectID, batchSize: batchSize, maximumConcurrency: maximumConcurrency)
        var outcomes: [CollectionUploadItem] = []
        outcomes.reserveCapacity(items.count)
        _ = try await uploadDataCollection(id, from: items, options: options, onProgress: onProgress) { outcome in
            outcomes.append(outcome.item)
        }
        return CollectionUploadResult(items: outcomes)
    }

    /// Uploads any number of data units and hands out what became of each, so that none of it has to be kept.
    ///
    /// The items are pulled as they are needed, three batches ahead. While `onItem` runs no further outcome is handed out
    /// and no unit is made.
    ///
    /// - Parameters:
    ///   - id: The collection.
    ///   - items: What to upload.
    ///   - options: How to go about it.
    ///   - onProgress: Told how far the upload is.
    ///   - onItem: Takes the outcome of each item, in the order of the items.
    /// - Returns: The sums.
    /// - Throws: `CancellationError`, or what `onItem` throws, which ends the upload; every other failure is in the
    ///   outcomes.
    public func uploadDataCollection(
        _ id: DataCollection.ID, from items: some Sequence<OrganizedFile>,
        options: CollectionUploadOptions = CollectionUploadOptions(),
        onProgress: (@Sendable (CollectionUploadProgress) -> Void)? = nil,
        onItem: (CollectionUploadOutcome) async throws -> Void
    ) async throws -> CollectionUploadSummary {
        let uploader = CollectionUploader(client: self, collection: id, options: options, onProgress: onProgress)
        return try await uploader.run(items, onItem)
    }
}
