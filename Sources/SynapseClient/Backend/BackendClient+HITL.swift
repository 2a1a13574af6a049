import HTTPTypes
public import SynapseModels

// Assignments. Source: docs/wire-protocol.md, "HITL".
extension BackendClient {
    /// Gets an assignment.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: Relations to send as objects, for example `task`, `task.data_unit` or `user`.
    /// - Returns: The assignment.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getAssignment(
        _ id: Assignment.ID, fields: [String] = [], expand: [String] = []
    ) async throws -> Assignment {
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(ClientRequest("getAssignment", .get, .path("assignments/\(id)/"), query: query))
    }

    /// Lists assignments, one page.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files; the field of a row is `file`.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listAssignments(
        _ query: AssignmentQuery = AssignmentQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<Assignment> {
        let page: Page<Assignment> = try await page(
            ClientRequest("listAssignments", .get, .path("sdk/assignments/"), query: query.items))
        return try await convert(page, urlConversion)
    }

    /// Lists all assignments.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - urlConversion: What to do with the addresses of files; the field of a row is `file`.
    ///   - options: How to walk through the pages.
    /// - Returns: The assignments, fetched as they are read.
    public func listAllAssignments(
        _ query: AssignmentQuery = AssignmentQuery(), urlConversion: URLConversion? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<Assignment> {
        pages(
            "listAssignments", "sdk/assignments/", query: query.items, options: options,
            transform: conversion(urlConversion))
    }

    /// Lists the annotation data of assignments, one page.
    ///
    /// - Parameters:
    ///   - query: Which assignments.
    ///   - responseMode: Whether the rows carry the data, or addresses for it; see ``loadData(_:)``.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listAssignmentsData(
        _ query: AssignmentQuery = AssignmentQuery(), responseMode: ResponseMode? = nil
    ) async throws -> Page<ItemData<Assignment>> {
        let items = query.items + responseMode.queryItems
        return try await page(
            ClientRequest("listAssignmentsData", .get, .path("sdk/assignments/data/"), query: items))
    }

    /// Lists the annotation data of all assignments.
    ///
    /// - Parameters:
    ///   - query: Which assignments.
    ///   - responseMode: Whether the rows carry the data, or addresses for it; see ``loadData(_:)``.
    ///   - options: How to walk through the pages.
    /// - Returns: The rows, fetched as they are read.
    public func listAllAssignmentsData(
        _ query: AssignmentQuery = AssignmentQuery(), responseMode: ResponseMode? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<ItemData<Assignment>> {
        let items = query.items + responseMode.queryItems
        return pages("listAssignmentsData", "sdk/assignments/data/", query: items, options: options)
    }

    /// Lists the files of assignments, one page.
    ///
    /// - Parameters:
    ///   - query: Which assignments.
    ///   - urlConversion: What to do with the addresses of files.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listAssignmentsFiles(
        _ query: AssignmentQuery = AssignmentQuery(), urlConversion: URLConversion? = nil
    ) async throws -> Page<ItemFiles<Assignment>> {
        let page: Page<ItemFiles<Assignment>> = try await page(
            ClientRequest("listAssignmentsFiles", .get, .path("sdk/assignments/files/"), query: query.items))
        return try await convert(page, urlConversion)
    }

    /// Lists the files of all assignments.
    ///
    /// - Parameters:
    ///   - query: Which assignments.
    ///   - urlConversion: What to do with the addresses of files.
    ///   - options: How to walk through the pages.
    /// - Returns: The rows, fetched as they are read.
    public func listAllAssignmentsFiles(
        _ query: AssignmentQuery = AssignmentQuery(), urlConversion: URLConversion? = nil,
        options: PageOptions = PageOptions()
    ) -> PageSequence<ItemFiles<Assignment>> {
        pages(
            "listAssignmentsFiles", "sdk/assignments/files/", query: query.items, options: options,
            transform: conversion(urlConversion))
    }

    /// Adds tags to assignments, or removes them.
    ///
    /// 1000 assignments go in one request.
    ///
    /// - Parameters:
    ///   - assignments: The assignments.
    ///   - tags: The tags; they are the task tags of the project.
    ///   - action: Add or remove.
    ///   - parameters: Anything else for the query.
    /// - Throws: ``ClientError``.
    public func setTagsAssignments(
        _ assignments: [Assignment.ID], tags: [TaskTag.ID], action: TagAction = .add, parameters: [QueryItem] = []
    ) async throws {
        for batch in assignments.batches(of: Self.batchSize) {
            let body = HTTPBody(json: TagsUpdate<Assignment>(ids: Array(batch), tags: tags, action: action))
            _ = try await pipeline.send(
                ClientRequest(
                    "setTagsAssignments", .post, .path("assignments/set_tags/"), query: parameters, body: body))
        }
    }
}

// What the documented client cannot do: these operations are for the embedded backend.
extension BackendClient {
    /// Gives tasks to workers, 1000 in a request.
    ///
    /// A task that the worker has already is answered as it is. An addition of the embedded backend.
    ///
    /// - Parameter assignments: What to create, in order.
    /// - Returns: The assignments in the order of the request.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors such as `[3].task`, counted within the batch;
    ///   or `outcomeUnknown`. Batches before are made.
    public func createAssignments(_ assignments: [AssignmentCreate]) async throws -> [Assignment] {
        var created: [Assignment] = []
        for batch in assignments.batches(of: Self.batchSize) {
            created += try await value(
                ClientRequest("createAssignments", .post, .path("assignments/"), body: HTTPBody(jsonArray: batch)),
                as: [Assignment].self)
        }
        return created
    }

    /// Saves, hands in, or passes over an assignment, as its worker does.
    ///
    /// An addition of the embedded backend.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - data: The annotation data; `nil` keeps what is there.
    ///   - action: Hand it in, save it as a draft, or pass over the task.
    /// - Returns: The assignment as the server has it now.
    /// - Throws: ``ClientError``, coded `validationFailed` when the assignment cannot take the step; the field error names
    ///   where it is and where it cannot go.
    @discardableResult
    public func annotateAssignmentData(
        _ id: Assignment.ID, data: JSONValue?, action: AssignmentAction = .submit
    ) async throws -> Assignment {
        let body = HTTPBody(json: AssignmentAnnotation(action: action, data: data.map { RawJSON($0) }))
        return try await value(
            ClientRequest(
                "annotateAssignmentData", .put, .path("assignments/\(id)/annotate_assignment_data/"), body: body))
    }

    /// Reviews an assignment: begins, finds it good, sends it back, or passes over it.
    ///
    /// An addition of the embedded backend.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - action: What the reviewer does.
    ///   - description: What the reviewer has to say; `nil` keeps what was said before.
    /// - Returns: The assignment as the server has it now.
    /// - Throws: ``ClientError``, coded `validationFailed` when the assignment cannot take the step.
    @discardableResult
    public func reviewAssignment(
        _ id: Assignment.ID, action: ReviewAction, description: String? = nil
    ) async throws -> Assignment {
        let body = HTTPBody(json: AssignmentReview(action: action, description: description))
        return try await value(
            ClientRequest("reviewAssignment", .post, .path("assignments/\(id)/review/"), body: body))
    }

    /// Accepts the result of an assignment: its data becomes the task's.
    ///
    /// An addition of the embedded backend.
    ///
    /// - Parameter id: The assignment.
    /// - Returns: The assignment as the server has it now.
    /// - Throws: ``ClientError``, coded `validationFailed` when the label or the review is not finished.
    @discardableResult
    public func confirmAssignment(_ id: Assignment.ID) async throws -> Assignment {
        try await value(ClientRequest("confirmAssignment", .post, .path("assignments/\(id)/confirm/")))
    }

    /// Says that the task of an assignment is of no use, or takes that back.
    ///
    /// An addition of the embedded backend.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - isDiscarded: `false` takes a discard back.
    /// - Returns: The assignment as the server has it now.
    /// - Throws: ``ClientError``, coded `validationFailed` when the assignment cannot take the step.
    @discardableResult
    public func discardAssignment(_ id: Assignment.ID, isDiscarded: Bool = true) async throws -> Assignment {
        var writer = JSONWriter()
        writer.object { $0.member("is_discarded", isDiscarded) }
        return try await value(
            ClientRequest(
                "discardAssignment", .post, .path("assignments/\(id)/discard/"), body: HTTPBody(bytes: writer.bytes)))
    }

    /// Accepts that the task of an assignment is of no use; the place is free for another worker then.
    ///
    /// An addition of the embedded backend.
    ///
    /// - Parameter id: The assignment.
    /// - Returns: The assignment as the server has it now.
    /// - Throws: ``ClientError``, coded `validationFailed` when the assignment is not discarded.
    @discardableResult
    public func confirmAssignmentDiscard(_ id: Assignment.ID) async throws -> Assignment {
        try await value(ClientRequest("confirmAssignmentDiscard", .post, .path("assignments/\(id)/confirm_discard/")))
    }

    /// Gives an assignment another reviewer, or none.
    ///
    /// An addition of the embedded backend.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - reviewer: The reviewer, or `nil`.
    /// - Returns: The assignment as the server has it now.
    /// - Throws: ``ClientError``.
    @discardableResult
    public func setAssignmentReviewer(_ id: Assignment.ID, reviewer: User.ID?) async throws -> Assignment {
        var writer = JSONWriter()
        writer.object { $0.member("reviewer", reviewer) }
        return try await value(
            ClientRequest(
                "setAssignmentReviewer", .patch, .path("assignments/\(id)/"), body: HTTPBody(bytes: writer.bytes)))
    }
}

extension ResponseMode? {
    package var queryItems: [QueryItem] { map { [QueryItem("response_mode", $0.rawValue)] } ?? [] }
}
