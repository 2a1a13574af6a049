import Crypto
import HTTPTypes
public import SynapseModels

// The data and the files of tasks, and many annotations at once.
// Source: docs/wire-protocol.md, "Tasks" and "Data and files alone".
extension BackendClient {
    /// Lists the annotation data of tasks, one page.
    ///
    /// - Parameters:
    ///   - query: Which tasks.
    ///   - responseMode: Whether the rows carry the data, or addresses for it; see ``loadData(_:)``.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listTasksData(
        _ query: TaskQuery = TaskQuery(), responseMode: ResponseMode? = nil
    ) async throws -> Page<ItemData<AnnotationTask>> {
        let items = query.items + responseMode.queryItems
        return try await page(ClientRequest("listTasksData", .get, .path("sdk/tasks/data/"), query: items))
    }

    /// Lists the annotation data of all tasks.
    ///
    /// - Parameters:
    ///   - query: Which tasks.
    ///   - responseMode: Whether the rows carry the data, or addresses for it; see ``loadData(_:)``.
    ///   - options: How to walk through the pages.
    /// - Returns: The rows, fetched as they are read.
    public func listAllTasksData(
        _ query: TaskQuery = TaskQuery(), responseMode: ResponseMode? = nil, options: PageOptions = PageOptions()
    ) -> PageSequence<ItemData<AnnotationTask>> {
        pages("listTasksData", "sdk/tasks/data/", query: query.items + responseMode.queryItems, options: options)
    }

    /// Lists the files of tasks, one page.
    ///
    /// - Parameters:
    ///   - query: Which tasks.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listTasksFiles(
        _ query: TaskQuery = TaskQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<ItemFiles<AnnotationTask>> {
        let page: Page<ItemFiles<AnnotationTask>> = try await page(
            ClientRequest("listTasksFiles", .get, .path("sdk/tasks/files/"), query: query.items))
        return try await convert(page, urlConversion)
    }

    /// Lists the files of all tasks.
    ///
    /// - Parameters:
    ///   - query: Which tasks.
    ///   - urlConversion: What to do with the addresses of files.
    ///   - options: How to walk through the pages.
    /// - Returns: The rows, fetched as they are read.
    public func listAllTasksFiles(
        _ query: TaskQuery = TaskQuery(), urlConversion: URLConversion? = nil, options: PageOptions = PageOptions()
    ) -> PageSequence<ItemFiles<AnnotationTask>> {
        pages(
            "listTasksFiles", "sdk/tasks/files/", query: query.items, options: options,
            transform: conversion(urlConversion))
    }

    /// The annotation data of a row, fetched where the row carries only its address.
    ///
    /// No credentials are sent: the address is signed.
    ///
    /// - Parameter row: A row of a list of data.
    /// - Returns: The data, or `nil` where there is none.
    /// - Throws: ``ClientError``, coded `checksumMismatch` when what came is not what the row announced.
    @concurrent
    public func loadData<Owner>(_ row: ItemData<Owner>) async throws -> RawJSON? {
        guard let link = row.link, let url = link.presignedURL else { return row.data }
        guard let address = pipeline.base.resolving(url, prefix: "") else {
            throw ClientError(.unexpectedShape, "the address of the data is no http address", delivery: .answered)
        }
        var request = ClientRequest("loadData", .get, .link(address))
        request.needsCredentials = false
        let response = try await pipeline.send(request)
        do {
            // A digest of another kind than SHA-256 is not compared.
            if let digest = link.dataDigest, digest.utf8.count == 64,
                digest.lowercased() != Hexadecimal.text(SHA256.hash(data: response.body))
            {
                throw ClientError(.checksumMismatch, "the data is not what was announced", delivery: .answered)
            }
            return try response.read { (bytes) throws(JSONError) in try RawJSON(parsing: bytes) }
        } catch let error as ClientError {
            throw error.filling(pipeline.context(of: request))
        }
    }

    /// Annotates many tasks, a bounded number at a time.
    ///
    /// Each item is a request of its own, and one that fails costs no other. Items that name the same task are sent one
    /// after the other in the order given, each with an outcome of its own: the last one that succeeds is what stays.
    ///
    /// - Parameters:
    ///   - items: What to write, and where.
    ///   - maximumConcurrency: Requests at a time.
    /// - Returns: The outcome of each item, in the order given.
    /// - Throws: ``ClientError`` coded `notSignedIn`, for it would be every item's; `CancellationError`. Every other failure
    ///   is in the outcomes.
    public func annotateTaskDataBatch(
        _ items: [TaskAnnotationItem], maximumConcurrency: Int = 8
    ) async throws -> [TaskAnnotationOutcome] {
        var places: [AnnotationTask.ID: [Int]] = [:]
        var tasks: [AnnotationTask.ID] = []
        for (index, item) in items.enumerated() {
            if places[item.task] == nil { tasks.append(item.task) }
            places[item.task, default: []].append(index)
        }
        let lines = tasks.map { places[$0] ?? [] }
        let outcomes = try await mapConcurrently(lines, limit: maximumConcurrency) { _, line in
            var outcomes: [(index: Int, outcome: TaskAnnotationOutcome)] = []
            for index in line { outcomes.append((index, try await annotate(items[index]))) }
            return outcomes
        }
        return outcomes.joined().sorted { $0.index < $1.index }.map(\.outcome)
    }

    private func annotate(_ item: TaskAnnotationItem) async throws -> TaskAnnotationOutcome {
        do {
            let task = try await annotateTaskData(
                item.task, data: item.data, action: item.action, schema: item.schema)
            return TaskAnnotationOutcome(task: item.task, result: .success(task))
        } catch let error as ClientError where error.code != .notSignedIn {
            return TaskAnnotationOutcome(task: item.task, result: .failure(error))
        }
    }
}

/// One annotation of a batch.
public struct TaskAnnotationItem: Sendable {
    /// The task.
    public var task: AnnotationTask.ID
    /// The annotation data, as the platform leaves it open; `nil` submits the draft that is saved.
    public var data: JSONValue?
    /// Submit it, or save it as a draft.
    ///
    /// `nil` sends `data` as the whole body, the documented older form.
    public var action: AnnotationAction?
    /// The schema that the data follows.
    public var schema: AnnotationSchema?

    /// Creates an item.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - data: The annotation data; `nil` submits the draft that is saved.
    ///   - action: Submit it, or save it as a draft.
    ///   - schema: The schema that the data follows.
    public init(
        task: AnnotationTask.ID, data: JSONValue?, action: AnnotationAction? = .submit, schema: AnnotationSchema? = nil
    ) {
        self.task = task
        self.data = data
        self.action = action
        self.schema = schema
    }
}

/// What became of one annotation of a batch.
public struct TaskAnnotationOutcome: Sendable {
    /// The task.
    public var task: AnnotationTask.ID
    /// The task as the server has it now, or why it was not annotated.
    public var result: Result<AnnotationTask, ClientError>
}
