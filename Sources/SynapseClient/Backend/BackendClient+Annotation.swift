import HTTPTypes
public import SynapseModels

// Projects, tasks and task tags. Source: docs/wire-protocol.md, "Tasks".
extension BackendClient {
    /// Gets a project.
    ///
    /// - Parameter id: The project.
    /// - Returns: The project.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getProject(_ id: Project.ID) async throws -> Project {
        try await value(ClientRequest("getProject", .get, .path("projects/\(id)/")))
    }

    /// Lists projects, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listProjects(_ query: ListQuery = ListQuery()) async throws -> Page<Project> {
        try await page(ClientRequest("listProjects", .get, .path("projects/"), query: query.items))
    }

    /// Lists all projects.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The projects, fetched as they are read.
    public func listAllProjects(
        _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<Project> {
        pages("listProjects", "projects/", query: query.items, options: options)
    }

    /// Creates a project.
    ///
    /// - Parameter project: What to create.
    /// - Returns: The project.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors, or `outcomeUnknown`.
    public func createProject(_ project: ProjectCreate) async throws -> Project {
        try await value(ClientRequest("createProject", .post, .path("projects/"), body: HTTPBody(json: project)))
    }

    /// Gets a task.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: Relations to send as objects, for example `data_unit`.
    /// - Returns: The task.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getTask(
        _ id: AnnotationTask.ID, fields: [String] = [], expand: [String] = []
    ) async throws -> AnnotationTask {
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(ClientRequest("getTask", .get, .path("tasks/\(id)/"), query: query))
    }

    /// Lists tasks, one page.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listTasks(
        _ query: TaskQuery = TaskQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<AnnotationTask> {
        let page: Page<AnnotationTask> = try await page(
            ClientRequest("listTasks", .get, .path("sdk/tasks/"), query: query.items)
        )
        return try await convert(page, urlConversion)
    }

    /// Lists all tasks.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files.
    ///   - options: How to walk through the pages.
    /// - Returns: The tasks, fetched as they are read.
    public func listAllTasks(
        _ query: TaskQuery = TaskQuery(), urlConversion: URLConversion? = nil, options: PageOptions = PageOptions()
    ) -> PageSequence<AnnotationTask> {
        pages("listTasks", "sdk/tasks/", query: query.items, options: options, transform: conversion(urlConversion))
    }

    /// Creates one task for each data unit, 1000 in a request.
    ///
    /// - Parameters:
    ///   - project: The project of all of them.
    ///   - dataUnits: The units, in order.
    /// - Returns: What the server answered, over all requests.
    /// - Throws: ``ClientError``, coded `validationFailed`, or `outcomeUnknown`. Its context says nothing about batches
    ///   that were done before; list the tasks of the project to see them.
    public func createTasks(project: Project.ID, dataUnits: [DataUnit.ID]) async throws -> CreatedTasks {
        try await createTasks(project: project, items: dataUnits.map { TasksCreate.Item(dataUnit: $0) })
    }

    /// Creates tasks, 1000 in a request.
    ///
    /// - Parameters:
    ///   - project: The project of all of them.
    ///   - items: A unit and free notes for each task, in order.
    /// - Returns: What the server answered, over all requests.
    /// - Throws: ``ClientError``, coded `validationFailed`, or `outcomeUnknown`.
    public func createTasks(project: Project.ID, items: [TasksCreate.Item]) async throws -> CreatedTasks {
        var created = CreatedTasks(tasks: [], count: 0)
        for batch in items.batches(of: Self.batchSize) {
            let body = HTTPBody(json: TasksCreate(project: project, data: Array(batch)))
            let answer: RawJSON = try await value(ClientRequest("createTasks", .post, .path("tasks/"), body: body))
            created.add(answer)
        }
        return created
    }

    /// Saves or submits the annotation data of a task.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - data: The annotation data, as the platform leaves it open; `nil` submits the draft that is saved.
    ///   - action: Submit it, or save it as a draft. `nil` sends `data` as the whole body, the documented older form.
    ///   - schema: The schema that the data follows.
    /// - Returns: The task as the server has it now.
    /// - Throws: ``ClientError``, coded `invalidArgument` for neither data nor action.
    @discardableResult
    public func annotateTaskData(
        _ id: AnnotationTask.ID, data: JSONValue?, action: AnnotationAction? = .submit, schema: AnnotationSchema? = nil
    ) async throws -> AnnotationTask {
        let query = schema.map { [QueryItem("schema", $0.rawValue)] } ?? []
        let body: HTTPBody =
            if let action {
                HTTPBody(json: TaskAnnotation(action: action, data: data.map { RawJSON($0) }))
            } else if let data {
                HTTPBody(json: data)
            } else {
                throw ClientError(.invalidArgument, "the data of an annotation without an action is missing")
            }
        return try await value(
            ClientRequest("annotateTaskData", .put, .path("tasks/\(id)/annotate_task_data/"), query: query, body: body)
        )
    }

    /// Adds tags to tasks, or removes them.
    ///
    /// 1000 tasks go in one request.
    ///
    /// - Parameters:
    ///   - tasks: The tasks.
    ///   - tags: The tags.
    ///   - action: Add or remove.
    /// - Throws: ``ClientError``.
    public func setTagsTasks(
        _ tasks: [AnnotationTask.ID], tags: [TaskTag.ID], action: TagAction = .add
    ) async throws {
        for batch in tasks.batches(of: Self.batchSize) {
            let body = HTTPBody(json: TagsUpdate<AnnotationTask>(ids: Array(batch), tags: tags, action: action))
            _ = try await pipeline.send(ClientRequest("setTagsTasks", .post, .path("tasks/set_tags/"), body: body))
        }
    }

    /// Gets a task tag.
    ///
    /// - Parameter id: The tag.
    /// - Returns: The tag.
    /// - Throws: ``ClientError``.
    public func getTaskTag(_ id: TaskTag.ID) async throws -> TaskTag {
        try await value(ClientRequest("getTaskTag", .get, .path("task_tags/\(id)/")))
    }

    /// Lists task tags, one page.
    ///
    /// - Parameters:
    ///   - project: Only tags of this project.
    ///   - query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listTaskTags(
        project: Project.ID? = nil, _ query: ListQuery = ListQuery()
    ) async throws -> Page<TaskTag> {
        let items = (project.map { [QueryItem("project", $0.rawValue)] } ?? []) + query.items
        return try await page(ClientRequest("listTaskTags", .get, .path("task_tags/"), query: items))
    }

    /// Lists all task tags.
    ///
    /// - Parameters:
    ///   - project: Only tags of this project.
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The tags, fetched as they are read.
    public func listAllTaskTags(
        project: Project.ID? = nil, _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<TaskTag> {
        let items = (project.map { [QueryItem("project", $0.rawValue)] } ?? []) + query.items
        return pages("listTaskTags", "task_tags/", query: items, options: options)
    }

    /// Creates a task tag.
    ///
    /// - Parameter tag: What to create.
    /// - Returns: The tag.
    /// - Throws: ``ClientError``.
    public func createTaskTag(_ tag: TaskTagCreate) async throws -> TaskTag {
        try await value(ClientRequest("createTaskTag", .post, .path("task_tags/"), body: HTTPBody(json: tag)))
    }

    /// Items of one request of creation.
    ///
    /// The platform takes no more.
    package static var batchSize: Int { 1000 }
}

/// What a server answered to the creation of tasks.
///
/// Servers differ: some list the tasks, others count them.
public struct CreatedTasks: Sendable {
    /// The tasks, in the order of the request, where the server lists them; else empty.
    public var tasks: [AnnotationTask]
    /// How many the server says it made; `nil` when it says nothing.
    public var count: Int?

    package init(tasks: [AnnotationTask], count: Int?) {
        self.tasks = tasks
        self.count = count
    }

    package mutating func add(_ answer: RawJSON) {
        if let list = try? [AnnotationTask](reading: answer) {
            tasks += list
            count = count.map { $0 + list.count }
            return
        }
        let value = answer.value
        if let list = value["results"].flatMap({ try? [AnnotationTask](reading: RawJSON($0)) }) {
            tasks += list
            count = count.map { $0 + list.count }
            return
        }
        let said = value["created_count"]?.integerValue ?? value["created"]?.integerValue
        count = count.flatMap { count in
            said.flatMap { Int(exactly: $0) }.map(count.addingReportingOverflow).flatMap {
                $0.overflow ? nil : $0.partialValue
            }
        }
    }
}

extension Array {
    package func batches(of size: Int) -> [ArraySlice<Element>] {
        let size = Swift.max(1, size)
        return stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
