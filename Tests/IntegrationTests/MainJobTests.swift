import Foundation
import SynapseClient
import SynapseModels
import SynapseServer
import SynapseTestSupport
import Testing

/// The real client against the real server on a socket.
@Suite(.timeLimit(.minutes(2)))
struct MainJobTests {
    @Test func `Files become units, tasks, annotations and tags that a second read gives back`() async throws {
        try await withWorld { world in
            let paths = try world.files(30)
            let items = paths.enumerated().map { OrganizedFile(files: ["file": $1], meta: ["n": .integer(Int64($0))]) }
            let uploaded = try await world.client.uploadDataCollection(
                world.collection, items: items, projectID: world.project, batchSize: 7)
            #expect(uploaded.failedIndices.isEmpty)
            #expect(uploaded.items.map(\.uploadedFileCount) == Array(repeating: 1, count: 30))
            #expect(uploaded.items.compactMap(\.task).count == 30)

            var notes: [JSONValue?] = []
            for try await unit in world.client.listAllDataUnits(
                DataUnitQuery(dataCollection: world.collection, list: ListQuery(pageSize: 4)))
            {
                notes.append(unit.meta?.value["n"])
            }
            #expect(notes == (0..<30).map { .integer($0) })

            let data: JSONValue = ["boxes": [[1, 2.5, "세"], nil], "exact": .decimal("0.12345678901234567890")]
            let task = try #require(uploaded.items[3].task)
            try await world.client.annotateTaskData(task, data: data)
            #expect(try await world.client.getTask(task).data?.value == data)

            let tag = try await world.client.createTaskTag(TaskTagCreate(project: world.project, name: "good")).id
            try await world.client.setTagsTasks([task], tags: [tag])
            let tagged = try await world.client.listTasks(TaskQuery(project: world.project, tags: [tag]))
            #expect(tagged.results.map(\.id) == [task])
            try await world.client.setTagsTasks([task], tags: [tag], action: .remove)
            #expect(try await world.client.listTasks(TaskQuery(project: world.project, tags: [tag])).count == 0)
        }
    }

    @Test func `A second upload sends nothing and makes nothing`() async throws {
        try await withWorld { world in
            let items = try world.files(12).map { OrganizedFile(files: ["file": $0]) }
            let first = try await world.client.uploadDataCollection(
                world.collection, items: items, projectID: world.project)
            let second = try await world.client.uploadDataCollection(
                world.collection, items: items, projectID: world.project)
            #expect(second.items.reduce(0) { $0 + $1.uploadedFileCount } == 0)
            #expect(second.dataUnits == first.dataUnits)
            #expect(second.items.map(\.task) == first.items.map(\.task))
            #expect(try await world.client.listTasks(TaskQuery(project: world.project)).count == 12)
        }
    }

    @Test func `One bad file is named and costs no other`() async throws {
        try await withWorld { world in
            var paths = try world.files(10)
            paths[4] = world.folder + "/never-written.bin"
            let uploaded = try await world.client.uploadDataCollection(
                world.collection, items: paths.map { OrganizedFile(files: ["file": $0]) })
            #expect(uploaded.failedIndices == [4])
            #expect(uploaded.items[4].error?.code == .fileUnreadable)
            #expect(uploaded.items[4].error?.description.contains("never-written.bin") == true)
            #expect(uploaded.dataUnits.count == 9)
        }
    }

    @Test func `Downloads are whole and carry no credentials`() async throws {
        try await withWorld { world in
            let path = try world.files(1, byteCount: 300_000)[0]
            let file = try await world.client.createDataFile(path)
            let copy = world.folder + "/copy.bin"
            let url = try #require(file.file)
            let fetched = try await world.client.downloadFile(from: url, to: copy)
            #expect(fetched.checksum == file.checksum)
            #expect(FileManager.default.contentsEqual(atPath: path, andPath: copy))
            // A wrong signature opens nothing.
            await #expect(throws: ClientError.self) {
                try await world.client.downloadFile(from: url.replacing("signature=", with: "signature=0"), to: copy)
            }
        }
    }

    @Test func `Another tenant sees nothing of it`() async throws {
        try await withWorld { world in
            let server = world.backend.server
            try await server.createTenant(code: "other", name: "Other")
            let token = try await server.createAccessToken(tenant: "other")
            let file = try await world.client.createDataFile(try world.files(1)[0])
            try await withBackendClient(
                ClientConfiguration(baseURL: world.backend.url, credentials: .init(accessToken: Secret(token)))
            ) { other in
                let projects = try await other.listProjects()
                #expect(projects.count == 0)
                let known = try await other.verifyDataFilesChecksums([file.checksum])
                #expect(known.isEmpty)
                do {
                    _ = try await other.getProject(world.project)
                    Issue.record("the other tenant's project was given out")
                } catch let error as ClientError {
                    #expect(error.code == .notFound)
                }
            }
        }
    }
}
