import HTTPTypes
public import SynapseModels

// Ground truth. Source: docs/wire-protocol.md, "Ground truth".
extension BackendClient {
    /// Lists ground-truth events, one page.
    ///
    /// - Parameters:
    ///   - query: Which ones; `page_size` is always sent, as the platform's own client does.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listGroundTruthEvents(
        _ query: GroundTruthEventQuery = GroundTruthEventQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<GroundTruthEvent> {
        let page: Page<GroundTruthEvent> = try await page(
            ClientRequest("listGroundTruthEvents", .get, .path("sdk/ground_truth_events/"), query: sized(query.items)))
        return try await convert(page, urlConversion)
    }

    /// Lists all ground-truth events.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files.
    ///   - options: How to walk through the pages.
    /// - Returns: The events, fetched as they are read.
    public func listAllGroundTruthEvents(
        _ query: GroundTruthEventQuery = GroundTruthEventQuery(), urlConversion: URLConversion? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<GroundTruthEvent> {
        pages(
            "listGroundTruthEvents", "sdk/ground_truth_events/", query: query.items, options: options,
            transform: conversion(urlConversion))
    }

    /// Lists the data of ground-truth events, one page.
    ///
    /// - Parameter query: Which ones; `page_size` is always sent, as the platform's own client does.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listGroundTruthEventsData(
        _ query: GroundTruthEventQuery = GroundTruthEventQuery()
    ) async throws -> Page<GroundTruthEvent> {
        try await page(
            ClientRequest(
                "listGroundTruthEventsData", .get, .path("sdk/ground_truth_events/data/"), query: sized(query.items)))
    }

    /// Lists all of the data of ground-truth events.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: Rows with `id`, `eventID` and `data`, fetched as they are read.
    public func listAllGroundTruthEventsData(
        _ query: GroundTruthEventQuery = GroundTruthEventQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<GroundTruthEvent> {
        pages("listGroundTruthEventsData", "sdk/ground_truth_events/data/", query: query.items, options: options)
    }

    /// Lists the files of ground-truth events, one page.
    ///
    /// - Parameters:
    ///   - query: Which ones; `page_size` is always sent, as the platform's own client does.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listGroundTruthEventsFiles(
        _ query: GroundTruthEventQuery = GroundTruthEventQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<GroundTruthEvent> {
        let page: Page<GroundTruthEvent> = try await page(
            ClientRequest(
                "listGroundTruthEventsFiles", .get, .path("sdk/ground_truth_events/files/"), query: sized(query.items)))
        return try await convert(page, urlConversion)
    }

    /// Lists all of the files of ground-truth events.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files.
    ///   - options: How to walk through the pages.
    /// - Returns: Rows with `id`, `eventID` and `files`, fetched as they are read.
    public func listAllGroundTruthEventsFiles(
        _ query: GroundTruthEventQuery = GroundTruthEventQuery(), urlConversion: URLConversion? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<GroundTruthEvent> {
        pages(
            "listGroundTruthEventsFiles", "sdk/ground_truth_events/files/", query: query.items, options: options,
            transform: conversion(urlConversion))
    }

    /// Lists ground truths, one page.
    ///
    /// Their `files` include the data itself, as a JSON file `data_meta_1`. Where versions are named, the rows are as
    /// they were when those were frozen.
    ///
    /// - Parameters:
    ///   - query: Which ones; `page_size` is always sent, as the platform's own client does.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listGroundTruths(
        _ query: GroundTruthQuery = GroundTruthQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<GroundTruth> {
        let page: Page<GroundTruth> = try await page(
            ClientRequest("listGroundTruths", .get, .path("ground_truths/"), query: sized(query.items)))
        return try await convert(page, urlConversion)
    }

    /// Lists all ground truths.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files; unlike the platform's own client, nothing unless given.
    ///   - options: How to walk through the pages.
    /// - Returns: The ground truths, fetched as they are read.
    public func listAllGroundTruths(
        _ query: GroundTruthQuery = GroundTruthQuery(), urlConversion: URLConversion? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<GroundTruth> {
        pages(
            "listGroundTruths", "ground_truths/", query: query.items, options: options,
            transform: conversion(urlConversion))
    }

    /// Gets a ground truth as it is now.
    ///
    /// - Parameters:
    ///   - id: The ground truth.
    ///   - expand: Relations to send as objects, for example `data_unit`.
    /// - Returns: The ground truth.
    /// - Throws: ``ClientError``, coded `notFound`.
    public func getGroundTruth(_ id: GroundTruth.ID, expand: [String] = []) async throws -> GroundTruth {
        let query = ListQuery.shape(fields: [], expand: expand)
        return try await value(ClientRequest("getGroundTruth", .get, .path("ground_truths/\(id)/"), query: query))
    }

    /// Makes or changes the ground truth of a data unit.
    ///
    /// Ours alone.
    ///
    /// A unit has one ground truth in a dataset. Each change is kept as an event; what changes nothing leaves none.
    ///
    /// - Parameter groundTruth: What is right, and where it comes from: a finished assignment, a task that was handed in,
    ///   or data for a unit.
    /// - Returns: The ground truth.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors when the work is not finished or of another
    ///   project.
    public func createGroundTruth(_ groundTruth: GroundTruthCreate) async throws -> GroundTruth {
        try await value(
            ClientRequest("createGroundTruth", .post, .path("ground_truths/"), body: HTTPBody(json: groundTruth)))
    }

    /// Makes or changes ground truths, 1000 in a request.
    ///
    /// Ours alone.
    ///
    /// - Parameter groundTruths: What is right, in order; each request is done as a whole or not at all.
    /// - Returns: The ground truths in the order of the request.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors such as `[3].task`, counted within the batch.
    public func createGroundTruths(_ groundTruths: [GroundTruthCreate]) async throws -> [GroundTruth] {
        var created: [GroundTruth] = []
        for batch in groundTruths.batches(of: Self.batchSize) {
            let request = ClientRequest(
                "createGroundTruths", .post, .path("ground_truths/"), body: HTTPBody(jsonArray: batch))
            created += try await value(request, as: [GroundTruth].self)
        }
        return created
    }

    /// Lists ground-truth datasets, one page.
    ///
    /// - Parameters:
    ///   - project: Only datasets of this project.
    ///   - query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listGroundTruthDatasets(
        project: Project.ID? = nil, _ query: ListQuery = ListQuery()
    ) async throws -> Page<GroundTruthDataset> {
        let items = (project.map { [QueryItem("project", $0.rawValue)] } ?? []) + query.items
        return try await page(
            ClientRequest("listGroundTruthDatasets", .get, .path("ground_truth_datasets/"), query: items))
    }

    /// Lists all ground-truth datasets.
    ///
    /// - Parameters:
    ///   - project: Only datasets of this project.
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The datasets, fetched as they are read.
    public func listAllGroundTruthDatasets(
        project: Project.ID? = nil, _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<GroundTruthDataset> {
        let items = (project.map { [QueryItem("project", $0.rawValue)] } ?? []) + query.items
        return pages("listGroundTruthDatasets", "ground_truth_datasets/", query: items, options: options)
    }

    /// Creates a ground-truth dataset; a name is one dataset of a project.
    ///
    /// - Parameter dataset: What to create.
    /// - Returns: The dataset.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors.
    public func createGroundTruthDataset(_ dataset: GroundTruthDatasetCreate) async throws -> GroundTruthDataset {
        try await value(
            ClientRequest(
                "createGroundTruthDataset", .post, .path("ground_truth_datasets/"), body: HTTPBody(json: dataset)))
    }

    /// Gets a version of a ground-truth dataset.
    ///
    /// - Parameters:
    ///   - id: The version.
    ///   - expand: Relations to send as objects: `ground_truth_dataset`.
    /// - Returns: The version.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getGroundTruthVersion(
        _ id: GroundTruthDatasetVersion.ID, expand: [String] = []
    ) async throws -> GroundTruthDatasetVersion {
        let query = ListQuery.shape(fields: [], expand: expand)
        return try await value(
            ClientRequest(
                "getGroundTruthVersion", .get, .path("ground_truth_dataset_versions/\(id)/"), query: query))
    }

    /// Lists versions of ground-truth datasets, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listGroundTruthVersions(
        _ query: GroundTruthVersionQuery = GroundTruthVersionQuery()
    ) async throws -> Page<GroundTruthDatasetVersion> {
        try await page(
            ClientRequest(
                "listGroundTruthVersions", .get, .path("ground_truth_dataset_versions/"), query: query.items))
    }

    /// Lists all versions of ground-truth datasets.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The versions, fetched as they are read.
    public func listAllGroundTruthVersions(
        _ query: GroundTruthVersionQuery = GroundTruthVersionQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<GroundTruthDatasetVersion> {
        pages(
            "listGroundTruthVersions", "ground_truth_dataset_versions/", query: query.items, options: options)
    }

    /// Freezes a ground-truth dataset under a name; later changes do not touch the version.
    ///
    /// Ours alone.
    ///
    /// - Parameter version: The dataset and the name.
    /// - Returns: The version.
    /// - Throws: ``ClientError``, coded `validationFailed` when the dataset has a version of that name.
    public func createGroundTruthVersion(
        _ version: GroundTruthDatasetVersionCreate
    ) async throws -> GroundTruthDatasetVersion {
        try await value(
            ClientRequest(
                "createGroundTruthVersion", .post, .path("ground_truth_dataset_versions/"),
                body: HTTPBody(json: version)))
    }

    /// Archives a version, or takes it back.
    ///
    /// Ours alone.
    ///
    /// - Parameters:
    ///   - id: The version.
    ///   - isArchived: Whether it is no longer offered.
    /// - Returns: The version.
    /// - Throws: ``ClientError``, coded `notFound`.
    @discardableResult
    public func archiveGroundTruthVersion(
        _ id: GroundTruthDatasetVersion.ID, isArchived: Bool = true
    ) async throws -> GroundTruthDatasetVersion {
        var writer = JSONWriter()
        writer.object { $0.member("is_archived", isArchived) }
        return try await value(
            ClientRequest(
                "archiveGroundTruthVersion", .patch, .path("ground_truth_dataset_versions/\(id)/"),
                body: HTTPBody(bytes: writer.bytes)))
    }

    /// The query with the number of rows of a page.
    private func sized(_ items: [QueryItem]) -> [QueryItem] {
        if items.contains(where: { $0.name == "page_size" }) { return items }
        return items + [QueryItem("page_size", configuration.limits.pageSize)]
    }
}
