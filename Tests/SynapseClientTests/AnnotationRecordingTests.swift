import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Assignments, and annotations of many tasks, against the recorded answers.
@Suite(.timeLimit(.minutes(1)))
struct AnnotationRecordingTests {
    static let file = "recordings-annotation.json"

    @Test
    func setTagsAssignments() async throws {
        // Wanted difference: none. The answer is empty, and nothing is read of it.
        let recording = try Recording.load(22, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        try await client.setTagsAssignments([789], tags: [1], parameters: [QueryItem("project", 9)])
        recording.check(transport.requests)
    }

    @Test
    func annotateTaskDataBatch() async throws {
        // Wanted difference: outcomes come in the order of the items, not by task.
        let recording = try Recording.load(26, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let outcomes = try await client.annotateTaskDataBatch(
            [.init(task: 1, data: ["a": 1], action: nil), .init(task: 2, data: [:], action: nil)],
            maximumConcurrency: 1)
        recording.check(transport.requests)
        #expect(outcomes.map(\.task) == [1, 2])
        #expect(try outcomes[0].result.get().id == 1)
        #expect(throws: ClientError.self) { try outcomes[1].result.get() }
    }
}

@Suite(.timeLimit(.minutes(1)))
struct TaskDataTests {
    /// Items of one task go one after the other, whatever fails before; all others go beside them, within the bound.
    @Test
    func annotateTaskDataBatchKeepsOrderAndHidesNoFailure() async throws {
        let sent = Shared<[String]>([])
        let running = Shared<(now: Int, most: Int)>((0, 0))
        let transport = ScriptedTransport { request in
            running.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            try await Task.sleep(for: .milliseconds(5))
            running.change { $0.now -= 1 }
            let task = request.path.split(separator: "/")[1]
            let n = try JSONValue(parsing: request.body)["data"]?["n"]?.integerValue ?? -1
            sent.change { $0.append("\(task):\(n)") }
            if n == 0 { return .json(#"{"data":["no"]}"#, status: 400) }
            return .json("{\"id\":\(task),\"data\":{\"n\":\(n)}}")
        }
        let client = try makeClient(transport: transport)
        let items = [(1, 0), (2, 1), (1, 2), (3, 0), (1, 3), (4, 4), (5, 5), (6, 6)].map { task, n in
            TaskAnnotationItem(
                task: AnnotationTask.ID(rawValue: task), data: ["n": .integer(Int64(n))], schema: .dmSchemaV1)
        }
        let outcomes = try await client.annotateTaskDataBatch(items, maximumConcurrency: 3)
        #expect(outcomes.map(\.task) == items.map(\.task))
        let results = outcomes.map { outcome in try? outcome.result.get().data?.value["n"]?.integerValue }
        #expect(results == [nil, 1, 2, nil, 3, 4, 5, 6])
        #expect(sent.value.filter { $0.hasPrefix("1:") } == ["1:0", "1:2", "1:3"])
        #expect(running.value.most <= 3 && running.value.most > 1)
        #expect(transport.requests.allSatisfy { $0.query == "schema=dm_schema_v1" })
        #expect(try await client.annotateTaskDataBatch([]).isEmpty)
    }

    @Test
    func listTasksDataAndFilesAskForTheirLists() async throws {
        let rows =
            #"{"id":7,"data":{"a":1}},{"id":8,"data":null,"files":[{"specification":"image","url":"http://s/a"}]}"#
        let transport = ScriptedTransport { _ in .json("{\"count\":2,\"next\":null,\"results\":[\(rows)]}") }
        let client = try makeClient(transport: transport)
        let query = TaskQuery(
            project: 9, hasAssignment: false, labelers: [1, 2], statusLabel: [.completed, .skipped],
            list: ListQuery(pageSize: 5))
        #expect(try await client.listTasksData(query).results.map(\.data?.description) == [#"{"a":1}"#, nil])
        var ids: [AnnotationTask.ID] = []
        for try await row in client.listAllTasksData(query, responseMode: .presigned) { ids.append(row.id) }
        #expect(ids == [7, 8])
        let files = try await client.listTasksFiles(query, urlConversion: .map { $0 + "?x" })
        #expect(files.results[1].files?["image"]?.url == "http://s/a?x")
        for try await row in client.listAllTasksFiles(query) where row.id == 8 {
            #expect(row.files?.primary?.url == "http://s/a")
            #expect(try JSONValue(parsing: row.jsonBytes())["files"]?[0]?["specification"] == "image")
        }
        let asked = "project=9&has_assignment=False&labelers=1%2C2&status_label=completed%2Cskipped&page_size=5"
        #expect(
            transport.requests.map(\.target) == [
                "/sdk/tasks/data/?\(asked)", "/sdk/tasks/data/?\(asked)&response_mode=presigned",
                "/sdk/tasks/files/?\(asked)", "/sdk/tasks/files/?\(asked)",
            ])
    }

    @Test
    func listAssignmentsAsksAsTyped() async throws {
        let row = #"{"id":7,"task":{"id":3},"user":5,"status_label":"in_progress","status_review":"new_word","x":1}"#
        let transport = ScriptedTransport { _ in .json("{\"count\":1,\"next\":null,\"results\":[\(row)]}") }
        let client = try makeClient(transport: transport)
        let query = AssignmentQuery(
            project: 9, tasks: [3], users: [5], reviewers: [6], tags: [1], taskTags: [2], statusLabel: [.inProgress],
            statusReview: [.standBy], isConfirmed: false, isDiscarded: true, isDiscardConfirmed: false,
            times: [.init(.labelSubmitted, .from, Timestamp(rawValue: "2026-01-01T00:00:00Z"))])
        let page = try await client.listAssignments(query)
        let assignment = try #require(page.results.first)
        #expect(assignment.task?.id == 3 && assignment.user?.id == 5 && assignment.statusLabel == .inProgress)
        #expect(assignment.statusReview?.isKnown == false)
        for try await each in client.listAllAssignments(.init(project: 9)) { #expect(each.id == 7) }
        for try await each in client.listAllAssignmentsData() { #expect(each.id == 7) }
        for try await each in client.listAllAssignmentsFiles() { #expect(each.id == 7) }
        _ = try await client.listAssignmentsData(responseMode: .presigned)
        _ = try await client.listAssignmentsFiles()
        #expect(
            transport.requests.map(\.target) == [
                "/sdk/assignments/?project=9&tasks=3&users=5&reviewers=6&tags=1&task_tags=2&status_label=in_progress"
                    + "&status_review=stand_by&is_confirmed=False&is_discarded=True&is_discard_confirmed=False"
                    + "&label_submitted__gte=2026-01-01T00%3A00%3A00Z",
                "/sdk/assignments/?project=9&page_size=100", "/sdk/assignments/data/?page_size=100",
                "/sdk/assignments/files/?page_size=100", "/sdk/assignments/data/?response_mode=presigned",
                "/sdk/assignments/files/",
            ])
    }

    @Test
    func stepsOfAnAssignmentSendWhatTheySay() async throws {
        let transport = ScriptedTransport { sent in
            .json(sent.path == "/assignments/" ? #"[{"id":7}]"# : #"{"id":7}"#)
        }
        let client = try makeClient(transport: transport)
        #expect(try await client.getAssignment(7, fields: ["id"], expand: ["task.data_unit"]).id == 7)
        #expect(try await client.createAssignments([.init(task: 1, user: 2, reviewer: 3)]).map(\.id) == [7])
        try await client.annotateAssignmentData(7, data: ["a": 1])
        try await client.annotateAssignmentData(7, data: nil, action: .skip)
        try await client.reviewAssignment(7, action: .reject, description: "no")
        try await client.confirmAssignment(7)
        try await client.discardAssignment(7, isDiscarded: false)
        try await client.confirmAssignmentDiscard(7)
        try await client.setAssignmentReviewer(7, reviewer: nil)
        #expect(
            transport.requests.map { "\($0.method) \($0.target) \(String(decoding: $0.body, as: UTF8.self))" } == [
                "GET /assignments/7/?fields=id&expand=task.data_unit ",
                #"POST /assignments/ [{"task":1,"user":2,"reviewer":3}]"#,
                #"PUT /assignments/7/annotate_assignment_data/ {"action":"submit","data":{"a":1}}"#,
                #"PUT /assignments/7/annotate_assignment_data/ {"action":"skip"}"#,
                #"POST /assignments/7/review/ {"action":"reject","description":"no"}"#,
                "POST /assignments/7/confirm/ ", #"POST /assignments/7/discard/ {"is_discarded":false}"#,
                "POST /assignments/7/confirm_discard/ ", #"PATCH /assignments/7/ {"reviewer":null}"#,
            ])
    }

    @Test
    func loadDataChecksWhatItFetchesAndSendsNoCredentials() async throws {
        let digest = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
        let transport = ScriptedTransport { _ in .json(#"{"a":1}"#) }
        let client = try makeClient(transport: transport)
        func row(_ digest: String) throws -> ItemData<AnnotationTask> {
            try ItemData(
                reading: RawJSON(
                    parsing: Array(
                        """
                        {"id":1,"data":{"mode":"presigned","presigned_url":"http://store/x?s=1","size":7,"data_digest":"\(digest)"}}
                        """.utf8)))
        }
        #expect(try await client.loadData(row(digest))?.description == #"{"a":1}"#)
        let request = try #require(transport.requests.first)
        #expect(request.target.hasSuffix("/x?s=1") && request.headers["synapse-access-token"] == nil)
        let other = try row(String(repeating: "0", count: 64))
        let error = try #require(await failure { _ = try await client.loadData(other) })
        #expect(error.code == .checksumMismatch)
        let inline = ItemData<AnnotationTask>(id: 1, data: RawJSON(["mode": "presigned"]))
        #expect(try await client.loadData(inline)?.value == ["mode": "presigned"])
        #expect(transport.requests.count == 2)
    }
}
