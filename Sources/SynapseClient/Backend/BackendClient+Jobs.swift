import HTTPTypes
public import SynapseModels

// Runs, jobs, their logs, and what they serve. Source: docs/wire-protocol.md, "Jobs", "Job logs", "Serve applications".
extension BackendClient {
    /// Runs an action of a plugin.
    ///
    /// - Parameters:
    ///   - plugin: The plugin, by id or code.
    ///   - run: The action with its parameters.
    /// - Returns: The job that was made, or the result of an action that was carried out at once.
    /// - Throws: ``ClientError``, coded `notFound`, or `validationFailed` when there is no such action, version or agent.
    public func runPlugin(_ plugin: PluginReference, _ run: PluginRun) async throws -> PluginRunAnswer {
        let path = "plugins/\(PercentEncoding.encode(plugin.text))/run/"
        return try await value(ClientRequest("runPlugin", .post, .path(path), body: HTTPBody(json: run)))
    }

    /// Gets a job.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - fields: Only these fields; empty means all.
    ///   - expand: `plugin_release`, `agent`, and `logs` for its last 1000 log entries.
    /// - Returns: The job.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getJob(_ id: Job.ID, fields: [String] = [], expand: [String] = []) async throws -> Job {
        let query = ListQuery.shape(fields: fields, expand: expand)
        return try await value(ClientRequest("getJob", .get, .path("jobs/\(id.pathText)/"), query: query))
    }

    /// Lists jobs, one page, the newest first.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listJobs(_ query: JobQuery = JobQuery()) async throws -> Page<Job> {
        try await page(ClientRequest("listJobs", .get, .path("jobs/"), query: query.items))
    }

    /// Lists all jobs, the newest first.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The jobs, fetched as they are read. One that is made meanwhile moves the others back: a job can then
    ///   come twice; order by `id` where that matters.
    public func listAllJobs(_ query: JobQuery = JobQuery(), options: PageOptions = PageOptions()) -> PageSequence<Job> {
        pages("listJobs", "jobs/", query: query.items, options: options)
    }

    /// Changes a job: its state, its records, its result; or adds lines to its console log.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - update: What changes; records take the place of those before.
    /// - Returns: The job as the server has it now.
    /// - Throws: ``ClientError``, coded `validationFailed` when the state does not follow the job's, or `outcomeUnknown`.
    @discardableResult
    public func updateJob(_ id: Job.ID, _ update: JobUpdate) async throws -> Job {
        try await value(
            ClientRequest("updateJob", .patch, .path("jobs/\(id.pathText)/"), body: HTTPBody(json: update)))
    }

    /// Ends a job: one that waits does not begin, one that runs on the server itself is ended with all that it started.
    ///
    /// The answer comes when the job has ended or after 10 seconds; a job that another agent runs is only recorded as
    /// stopped.
    ///
    /// - Parameter id: The job.
    /// - Returns: The job as the server has it now; it may still run when it takes long to end.
    /// - Throws: ``ClientError``, coded `validationFailed` when the job has ended in another way, or `notFound`.
    @discardableResult
    public func stopJob(_ id: Job.ID) async throws -> Job {
        // No body, and doing it twice is doing it once.
        var request = ClientRequest("stopJob", .post, .path("jobs/\(id.pathText)/stop/"), body: HTTPBody(bytes: []))
        request.isRead = true
        return try await value(request)
    }

    /// Lists what a job has printed so far.
    ///
    /// For a long log, or one that grows, see ``tailJobConsoleLogs(_:)``.
    ///
    /// - Parameter id: The job.
    /// - Returns: The lines, without their line feeds.
    /// - Throws: ``ClientError``, coded `notFound` when there is no such job, or `responseTooLarge` or `payloadTooLarge` for
    ///   a log that only ``tailJobConsoleLogs(_:)`` can read.
    public func listJobConsoleLogs(_ id: Job.ID) async throws -> [String] {
        let answer: ConsoleLines = try await value(
            ClientRequest("listJobConsoleLogs", .get, .path("jobs/\(id.pathText)/console_logs/")))
        return answer.lines.map(\.text)
    }

    /// Lists what a job has printed so far, each line with the time at which it was printed.
    ///
    /// `synapse serve` knows the times; another server may leave them out.
    ///
    /// - Parameter id: The job.
    /// - Returns: The lines.
    /// - Throws: As ``listJobConsoleLogs(_:)``.
    public func listJobConsoleLines(_ id: Job.ID) async throws -> [ConsoleLine] {
        var request = ClientRequest("listJobConsoleLines", .get, .path("jobs/\(id.pathText)/console_logs/"))
        request.query = [QueryItem("timestamps", "true")]
        let answer: ConsoleLines = try await value(request)
        return answer.lines
    }

    /// Follows what a job prints, from its first line until it has ended.
    ///
    /// ```swift
    /// let log = client.tailJobConsoleLogs(job)
    /// for try await line in log { print(line) }
    /// print(log.finalJob?.status ?? "?")
    /// ```
    ///
    /// - Parameter id: The job.
    /// - Returns: The lines, each once and in order, over as many connections as it takes.
    public func tailJobConsoleLogs(_ id: Job.ID) -> JobConsoleLogs {
        JobConsoleLogs(client: self, job: id)
    }

    /// Writes entries into the logs of jobs, 1000 in a request.
    ///
    /// - Parameter logs: The entries.
    /// - Returns: The entries as the server keeps them, in order, where it lists them.
    /// - Throws: ``ClientError``, coded `validationFailed` with the place of each entry that is wrong, or
    ///   `outcomeUnknown`. Its context says nothing about requests that were done before.
    @discardableResult
    public func createLogs(_ logs: [JobLogCreate]) async throws -> [JobLog] {
        var created: [JobLog] = []
        for batch in logs.batches(of: Self.batchSize) {
            // One entry alone goes as an object, as the platform's own client sends it.
            let body = batch.count == 1 ? batch.first.map(HTTPBody.init(json:)) : HTTPBody(json: Array(batch))
            let answer: RawJSON = try await value(ClientRequest("createLogs", .post, .path("logs/"), body: body))
            if answer.isArray {
                created += (try? [JobLog](reading: answer)) ?? []
            } else if let log = try? JobLog(reading: answer) {
                created.append(log)
            }
        }
        return created
    }

    /// Lists log entries of jobs, one page.
    ///
    /// Answered by the embedded backend; the hosted platform may not have it.
    ///
    /// - Parameters:
    ///   - job: Only entries of this job.
    ///   - query: Which ones; filters are `event`, `level` and `step`.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listLogs(job: Job.ID? = nil, _ query: ListQuery = ListQuery()) async throws -> Page<JobLog> {
        try await page(ClientRequest("listLogs", .get, .path("logs/"), query: Self.logItems(job, query)))
    }

    /// Lists all log entries of jobs.
    ///
    /// - Parameters:
    ///   - job: Only entries of this job.
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The entries, fetched as they are read.
    public func listAllLogs(
        job: Job.ID? = nil, _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<JobLog> {
        pages("listLogs", "logs/", query: Self.logItems(job, query), options: options)
    }

    private static func logItems(_ job: Job.ID?, _ query: ListQuery) -> [QueryItem] {
        (job.map { [QueryItem("job", $0.rawValue)] } ?? []) + query.items
    }
}

extension BackendClient {
    /// Creates a serve application of a job.
    ///
    /// - Parameter application: What to create.
    /// - Returns: The application.
    /// - Throws: ``ClientError``, coded `validationFailed` when there is no such job, or `outcomeUnknown`.
    public func createServeApplication(_ application: ServeApplicationCreate) async throws -> ServeApplication {
        try await value(
            ClientRequest(
                "createServeApplication", .post, .path("serve_applications/"), body: HTTPBody(json: application)))
    }

    /// Changes what has become of a serve application.
    ///
    /// - Parameters:
    ///   - id: The application.
    ///   - update: What to change.
    /// - Returns: The application.
    /// - Throws: ``ClientError``, coded `notFound`, `validationFailed` or `outcomeUnknown`.
    public func updateServeApplication(
        _ id: ServeApplication.ID, _ update: ServeApplicationUpdate
    ) async throws -> ServeApplication {
        try await value(
            ClientRequest(
                "updateServeApplication", .patch, .path("serve_applications/\(id)/"), body: HTTPBody(json: update)))
    }

    /// Lists serve applications, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listServeApplications(
        _ query: ServeApplicationQuery = ServeApplicationQuery()
    ) async throws -> Page<ServeApplication> {
        try await page(ClientRequest("listServeApplications", .get, .path("serve_applications/"), query: query.items))
    }

    /// Lists all serve applications.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The applications, fetched as they are read.
    public func listAllServeApplications(
        _ query: ServeApplicationQuery = ServeApplicationQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<ServeApplication> {
        pages("listServeApplications", "serve_applications/", query: query.items, options: options)
    }

    /// Gets a serve application.
    ///
    /// - Parameter id: The application.
    /// - Returns: The application.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getServeApplication(_ id: ServeApplication.ID) async throws -> ServeApplication {
        try await value(ClientRequest("getServeApplication", .get, .path("serve_applications/\(id)/")))
    }
}

extension TextIdentifier {
    /// The identifier as one part of a path, whatever is in it.
    package var pathText: String { PercentEncoding.encode(rawValue) }
}

/// The forms in which servers list what a job printed.
private struct ConsoleLines: JSONReadable {
    let lines: [ConsoleLine]

    init(reading json: RawJSON) throws(JSONError) {
        if json.isArray {
            lines = try Self.read(try json.elements())
            return
        }
        let row = try json.row()
        let list = row["logs"] ?? row["results"]
        guard let list else { throw JSONError(.missing, "The answer has no list of lines.", path: "results") }
        lines = try Self.read(try list.elements())
    }

    private static func read(_ elements: [RawJSON]) throws(JSONError) -> [ConsoleLine] {
        var lines: [ConsoleLine] = []
        lines.reserveCapacity(elements.count)
        for element in elements {
            guard element.isObject else {
                lines.append(ConsoleLine(text: try String(reading: element)))
                continue
            }
            let row = try element.row()
            let message: String? = try row.readIfPresent("message")
            let text: String = if let message { message } else { try row.read("log") }
            lines.append(ConsoleLine(text: text, created: try row.readIfPresent("created")))
        }
        return lines
    }
}
