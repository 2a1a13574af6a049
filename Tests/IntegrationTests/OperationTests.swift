import Foundation
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Every operation that docs/parity.md names, called on the real client against the real server; what it did is read
/// again by another operation.
@Suite(.timeLimit(.minutes(2)))
struct OperationTests {
    @Test func `Operations of collections, files and units`() async throws {
        try await withWorld { world in
            let client = world.client
            let paths = try world.files(6, byteCount: 300)
            #expect(try await client.listDataCollections().results.map(\.id) == [world.collection])
            #expect(try await client.getDataCollection(world.collection).name == "things")

            let uploaded = try await client.createChunkedUpload(paths[0])
            let state = try await client.getChunkedUpload(uploaded.upload.id)
            #expect(state.isComplete && state.offset == 300)
            let file = try await client.createDataFile(paths[1])
            #expect(try await client.verifyDataFilesChecksums([file.checksum, "00"]) == [file.checksum])
            let body = try await client.uploadDataFile(
                OrganizedFile(files: ["file": paths[2]], meta: ["n": 2]), collectionID: world.collection)
            let unit = try #require(try await client.createDataUnits([body]).first)
            #expect(try await client.getDataUnit(unit.id).meta?.value == ["n": 2])
            let outcome = try await client.uploadDataCollection(
                world.collection, items: [OrganizedFile(files: ["file": paths[3]])])
            let listed = try await client.listDataUnits(DataUnitQuery(dataCollection: world.collection))
            #expect(Set(listed.results.map(\.id)) == Set([unit.id] + outcome.dataUnits))
        }
    }

    @Test func `Operations of signed uploads`() async throws {
        try await withWorld { world in
            let client = world.client
            let paths = try world.files(3, byteCount: 500)
            let result = try await client.uploadFilesBulk([paths[0]])
            let digest = try #require(result.files[0].md5)
            #expect(result.failedIndices.isEmpty)
            #expect(try await client.verifyDataFilesChecksums([digest]) == [digest])

            let plan = try await client.requestPresignedUpload(
                PresignedUploadRequest(files: [.init(filename: "one.bin", size: 500)]))
            let target = try #require(plan.files.first)
            let url = try #require(target.presignedURL)
            let sent = try await client.uploadFileToPresignedURL(url, path: paths[1])
            let answer = try await client.confirmPresignedUpload(
                PresignedConfirmation(files: [.init(fileKey: target.fileKey, checksum: sent.sha1, size: 500)]))
            #expect(answer.results.map(\.isSuccess) == [true])
            #expect(try await client.verifyDataFilesChecksums([sent.md5]) == [sent.md5])
        }
    }

    @Test func `Operations of projects, tasks, annotations and assignments`() async throws {
        try await withWorld { world in
            let client = world.client
            #expect(try await client.getProject(world.project).title == "label them")
            let tasks = try await Self.tasks(world, 3)
            #expect(try await client.getTask(tasks[0]).id == tasks[0])
            try await client.annotateTaskData(tasks[0], data: ["n": 0])
            let outcomes = try await client.annotateTaskDataBatch(
                tasks[1...].enumerated().map { TaskAnnotationItem(task: $1, data: ["n": .integer(Int64($0 + 1))]) })
            #expect(outcomes.map(\.task) == Array(tasks[1...]))
            let query = TaskQuery(project: world.project, list: ListQuery(pageSize: 2, ordering: "id"))
            #expect(try await client.listTasks(query).results.map(\.id) == Array(tasks[..<2]))
            var all: [AnnotationTask.ID] = []
            for try await task in client.listAllTasks(query) { all.append(task.id) }
            #expect(all == tasks)
            let data = try await client.listTasksData(
                TaskQuery(project: world.project, list: ListQuery(ordering: "id")))
            #expect(data.results.map(\.data?.value) == [["n": 0], ["n": 1], ["n": 2]])
            #expect(try await client.listTasksFiles(query).results.map(\.id) == Array(tasks[..<2]))

            let tag = try await client.createTaskTag(TaskTagCreate(project: world.project, name: "good")).id
            #expect(try await client.getTaskTag(tag).name == "good")
            #expect(try await client.listTaskTags(project: world.project).results.map(\.id) == [tag])
            try await client.setTagsTasks([tasks[1]], tags: [tag])
            let tagged = TaskQuery(project: world.project, tags: [tag])
            #expect(try await client.listTasks(tagged).results.map(\.id) == [tasks[1]])

            let me = try await client.getCurrentUser().id
            let made = try await client.createAssignments(tasks.map { AssignmentCreate(task: $0, user: me) })
            #expect(try await client.getAssignment(made[0].id).task?.id == tasks[0])
            let ofProject = AssignmentQuery(project: world.project, list: ListQuery(pageSize: 2, ordering: "id"))
            #expect(try await client.listAssignments(ofProject).results.map(\.id) == made[..<2].map(\.id))
            var walked: [Assignment.ID] = []
            for try await row in client.listAllAssignments(ofProject) { walked.append(row.id) }
            #expect(walked == made.map(\.id))
            _ = try await client.annotateAssignmentData(made[0].id, data: ["a": 1])
            #expect(try await client.listAssignmentsData(ofProject).results.first?.data?.value == ["a": 1])
            #expect(try await client.listAssignmentsFiles(ofProject).results.map(\.id) == made[..<2].map(\.id))
            try await client.setTagsAssignments([made[2].id], tags: [tag])
            #expect(try await client.getAssignment(made[2].id).tags?.map(\.id) == [tag])
        }
    }

    @Test func `Operations of agents, plugins, jobs and serve applications`() async throws {
        try await withWorld { world in
            let client = world.client
            let agent = try await client.createAgent(AgentCreate(name: "a"))
            let token = try #require(agent.token?.revealed)
            _ = try await client.healthCheckAgent(Secret(token))
            // The backend itself runs jobs, and so is an agent beside.
            #expect(try await client.listAgents().results.compactMap(\.name).sorted() == ["a", "local"])
            #expect(try await client.listAgents().results.map(\.status) == [.connected, .connected])

            _ = try await client.createPlugin(PluginCreate(code: "p", name: "P"))
            _ = try await client.updatePlugin("p", PluginUpdate(name: "Q"))
            #expect(try await client.getPlugin("p").name == "Q")
            let release = try await client.createPluginRelease(
                PluginReleaseCreate(plugin: "p", version: "1.0.0", config: ["code": "p", "actions": ["train": [:]]]))
            #expect(try await client.getPluginRelease(release.id).version == "1.0.0")
            #expect(try await client.getPluginReleaseByLookup("p@1.0.0").id == release.id)
            #expect(try await client.listPluginReleases("p").results.map(\.id) == [release.id])

            let answer = try await client.runPlugin("p", PluginRun(action: "train", params: ["epochs": 3]))
            let job = try #require(answer.jobID)
            #expect(try await client.getJob(job).params?.value == ["epochs": 3])
            #expect(try await client.listJobs().results.map(\.id) == [job])
            _ = try await client.createLogs([JobLogCreate(job: job, event: "message", data: ["content": "hello"])])
            #expect(try await client.listLogs(job: job).results.first?.data?.value == ["content": "hello"])
            _ = try await client.updateJob(job, JobUpdate(status: .running, consoleLogs: ["one", "two"]))
            #expect(try await client.listJobConsoleLogs(job) == ["one", "two"])
            _ = try await client.updateJob(job, JobUpdate(status: .succeeded))
            var lines = 0
            for try await _ in client.tailJobConsoleLogs(job) { lines += 1 }
            #expect(lines == 2)
            #expect(try await client.getJob(job).status == .succeeded)

            let served = try await client.createServeApplication(ServeApplicationCreate(job: job, status: .deploying))
            _ = try await client.updateServeApplication(served.id, ServeApplicationUpdate(status: .running))
            #expect(try await client.listServeApplications().results.map(\.status) == [.running])
            #expect(try await client.getServeApplication(served.id).status == .running)
        }
    }

    @Test func `Operations of storages`() async throws {
        try await withWorld { world in
            let client = world.client
            let born = try #require(try await client.getDefaultStorage())
            let made = try await client.createStorage(
                StorageCreate(name: "disk", provider: .fileSystem, configuration: ["location": .string(world.folder)]))
            #expect(try await client.getStorage(made.id).name == "disk")
            #expect(Set(try await client.listStorages().results.map(\.id)) == [born.id, made.id])
        }
    }

    @Test func `Operations of models and ground truth`() async throws {
        try await withWorld { world in
            let client = world.client
            let weights = try world.files(1, byteCount: 4000)[0]
            let model = try await client.createModel(ModelCreate(name: "m", configuration: ["lr": 1]), file: weights)
            #expect(try await client.getModel(model.id).configuration?.value == ["lr": 1])
            #expect(try await client.listModels().results.map(\.size) == [4000])

            let tasks = try await Self.tasks(world, 2)
            for task in tasks { try await client.annotateTaskData(task, data: ["label": "car"]) }
            let dataset = try await client.createGroundTruthDataset(
                GroundTruthDatasetCreate(project: world.project, name: "gold")
            ).id
            let truths = try await client.createGroundTruths(
                tasks.map { GroundTruthCreate(groundTruthDataset: dataset, task: $0) }
            ).map(\.id)
            let version = try await client.createGroundTruthVersion(
                GroundTruthDatasetVersionCreate(groundTruthDataset: dataset, version: "v1"))
            #expect(try await client.getGroundTruthVersion(version.id).version == "v1")
            let versions = try await client.listGroundTruthVersions(
                GroundTruthVersionQuery(groundTruthDataset: dataset))
            #expect(versions.results.map(\.id) == [version.id])

            let query = GroundTruthEventQuery(groundTruthDatasetVersions: [version.id], list: ListQuery(pageSize: 1))
            let page = try await client.listGroundTruthEvents(query)
            #expect(page.count == 2 && page.results.count == 1)
            // The unit comes as an object, with its files.
            #expect(page.results.first?.dataUnit?.object?.id == (try await client.getTask(tasks[0]).dataUnit?.id))
            var events: [GroundTruth.ID] = []
            for try await event in client.listAllGroundTruthEvents(query) { events.append(event.id) }
            #expect(events == truths)
            let data = try await client.listGroundTruthEventsData(query)
            #expect(data.results.first?.data?.value == (try await client.getTask(tasks[0]).data?.value))
            let files = try await client.listGroundTruthEventsFiles(query)
            #expect(files.results.map(\.id) == [truths[0]] && files.results.first?.files != nil)
            let now = try await client.listGroundTruths(GroundTruthQuery(groundTruthDatasets: [dataset]))
            #expect(now.results.map(\.id) == truths)
        }
    }

    private static func tasks(_ world: World, _ count: Int) async throws -> [AnnotationTask.ID] {
        let items = try world.files(count).map { OrganizedFile(files: ["file": $0]) }
        let units = try await world.client.uploadDataCollection(world.collection, items: items).dataUnits
        let made = try await world.client.createTasks(project: world.project, dataUnits: units)
        return made.tasks.map(\.id)
    }
}
