import HTTPTypes
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct TenantIsolationTests {
    /// Every route with an identifier in its path, asked for with another tenant's token.
    @Test func everyRouteAnswers404ForAnotherTenantsRows() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            let workspace = try await Workspace(owner)
            let units = try await workspace.makeUnits(1)
            let tasks = try await workspace.makeTasks(units)
            let tag = try await owner.post("/task_tags/", ["project": .integer(workspace.project), "name": "t"]).id
            let upload = try await owner.chunk("/chunked_upload/", [1], range: "bytes 0-0/2")["id"].stringValue ?? ""
            _ = try await owner.post("/plugins/", ["code": "p", "name": "p"])
            let release = try await owner.post("/plugin_releases/", ["plugin": "p", "version": "1"]).id
            let agent = try await owner.post("/agents/", ["name": "a"]).id
            let run = try await owner.post("/plugins/p/run/", ["action": "train"])
            let job = run["job_id"].stringValue ?? ""
            let served = try await owner.post("/serve_applications/", ["job": .string(job)]).id
            let user = try await owner.post("/users/", ["email": "ann@example.com"]).id
            let members = try await owner.get("/members/?user=\(user)").results
            let token = try await owner.post("/tokens/", ["description": "t"]).id
            let assignment = try await owner.post("/assignments/", ["task": .integer(tasks[0]), "user": 1]).id
            let model = try await owner.post(
                "/models/", ["name": "m", "chunked_upload": .string(try await ModelRoutesTests.upload(owner, [1]))]
            ).id
            let dataset = try await owner.post(
                "/ground_truth_datasets/", ["project": .integer(workspace.project), "name": "d"]
            ).id
            let truth = try await owner.post(
                "/ground_truths/",
                ["ground_truth_dataset": .integer(dataset), "data_unit": .integer(units[0]), "data": [:]]
            ).id
            let version = try await owner.post(
                "/ground_truth_dataset_versions/", ["ground_truth_dataset": .integer(dataset), "version": "v1"]
            ).id
            let ids: [String: String] = [
                "plugins": "1", "plugin_releases": "\(release)", "agents": "\(agent)", "storages": "1",
                "jobs": job, "async": job, "trains": job, "serve_applications": "\(served)",
                "assignments": "\(assignment)",
                "models": "\(model)", "ground_truth_datasets": "\(dataset)", "ground_truths": "\(truth)",
                "ground_truth_dataset_versions": "\(version)",
                "users": "\(user)", "members": "\(members.first?["id"]?.integerValue ?? -1)", "tokens": "\(token)",
                "projects": "\(workspace.project)", "tasks": "\(tasks[0])", "task_tags": "\(tag)",
                "data_collections": "\(workspace.collection)", "data_files": "1", "data_units": "\(units[0])",
                "chunked_upload": upload,
            ]
            let body: JSONValue = ["title": "x", "md5": "00", "action": "save", "data": [:]]
            var checked = 0
            // Links to media are signed, and ask for no tenant.
            for route in Self.routes(backend) where route.template.contains("{id}") && route.segments[0] != "media" {
                let noun = String(route.segments[0])
                let path = "/" + route.template.replacingFirst("{id}", with: try #require(ids[noun]))
                for method in route.actions.keys {
                    let reply: TestClient.Reply
                    if noun == "chunked_upload", method == .put {
                        reply = try await stranger.chunk(path, [2], range: "bytes 1-1/2")
                    } else {
                        reply = try await stranger.json(HTTPMethod(rawValue: method.rawValue), path, body)
                    }
                    #expect(reply.status == 404, "\(method) \(path): \(reply.text)")
                    checked += 1
                }
            }
            #expect(checked == 49)
            // And nothing was changed on the way.
            #expect(try await owner.get("/projects/\(workspace.project)")["title"] == "p")
            #expect(try await owner.get("/chunked_upload/\(upload)")["offset"] == 1)
            #expect(try await owner.get("/tasks/\(tasks[0])")["has_data"] == false)
            #expect(try await owner.get("/plugins/1")["name"] == "p")
            #expect(try await owner.get("/storages/1")["name"] == "default")
            #expect(try await owner.get("/jobs/")["count"] == 1)
            #expect(try await owner.get("/assignments/\(assignment)")["status_label"] == "stand_by")
        }
    }

    @Test func listsAndBodiesDoNotReachAnotherTenant() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            let workspace = try await Workspace(owner)
            let units = try await workspace.makeUnits(1)
            let tasks = try await workspace.makeTasks(units)
            let tag = try await owner.post("/task_tags/", ["project": .integer(workspace.project), "name": "t"]).id
            let job = try await JobWorkspace(owner).makeJob()
            _ = try await owner.post("/logs/", ["job": .string(job), "event": "message"])
            _ = try await owner.post("/serve_applications/", ["job": .string(job)])
            let assignment = try await owner.post("/assignments/", ["task": .integer(tasks[0]), "user": 1]).id
            _ = try await owner.post(
                "/models/", ["name": "m", "chunked_upload": .string(try await ModelRoutesTests.upload(owner, [1]))])
            let dataset = try await owner.post(
                "/ground_truth_datasets/", ["project": .integer(workspace.project), "name": "d"]
            ).id
            _ = try await owner.post(
                "/ground_truths/",
                ["ground_truth_dataset": .integer(dataset), "data_unit": .integer(units[0]), "data": [:]])
            _ = try await owner.post(
                "/ground_truth_dataset_versions/", ["ground_truth_dataset": .integer(dataset), "version": "v1"])
            for path in [
                "projects", "tasks", "sdk/tasks", "sdk/tasks/data", "sdk/tasks/files", "task_tags", "data_collections",
                "data_files", "data_units", "jobs", "logs", "serve_applications", "assignments", "sdk/assignments",
                "sdk/assignments/data", "sdk/assignments/files", "models",
                "ground_truth_datasets", "ground_truths", "sdk/ground_truth_events", "sdk/ground_truth_events/data",
                "sdk/ground_truth_events/files", "ground_truth_dataset_versions",
                "ground_truths/?ground_truth_dataset_versions=1",
                "sdk/ground_truth_events/?ground_truth_dataset_version=1",
            ] {
                let address = path.contains("?") ? "/\(path)" : "/\(path)/"
                let reply = try await stranger.get(address)
                #expect(reply["count"] == 0 && reply.results.isEmpty, "\(path)")
                #expect(try await owner.get(address)["count"] == 1, "\(path)")
            }
            let theirs = try await Workspace(stranger)
            let user = try await owner.post("/users/", ["email": "mine@example.com"]).id
            let md5 = TestClient.md5(Array("content 0".utf8))
            let known = try await stranger.post("/data_files/verify_checksums/", ["checksums": [.string(md5)]])
            #expect(known["existing_checksums"] == [])
            let refused: [(String, JSONValue)] = [
                ("/tasks/", ["project": .integer(workspace.project), "data_unit": .integer(units[0])]),
                ("/tasks/", ["project": .integer(theirs.project), "data_unit": .integer(units[0])]),
                ("/task_tags/", ["project": .integer(workspace.project), "name": "x"]),
                ("/tasks/set_tags/", ["ids": [.integer(tasks[0])], "tags": [.integer(tag)]]),
                ("/assignments/", ["task": .integer(tasks[0]), "user": 1]),
                ("/assignments/", ["task": .integer(tasks[0]), "user": .integer(user)]),
                ("/assignments/set_tags/", ["ids": [.integer(assignment)], "tags": [.integer(tag)]]),
                ("/projects/", ["title": "x", "data_collection": .integer(workspace.collection)]),
                ("/data_units/", workspace.unitBody(md5)),
                ("/data_units/", theirs.unitBody(md5)),
                ("/logs/", ["job": .string(job), "event": "message"]),
                ("/logs/", ["job": 1, "event": "message"]),
                ("/serve_applications/", ["job": .string(job)]),
                ("/serve_applications/", ["plugin_release": 1, "action": "train"]),
            ]
            for (path, body) in refused {
                let reply = try await stranger.post(path, body)
                #expect(reply.status == 400, "\(path): \(reply.text)")
            }
        }
    }

    /// The same content in two tenants is two files, under two names.
    @Test func contentIsNotSharedBetweenTenants() async throws {
        try await withEmbeddedBackend { backend in
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            let mine = try await TestClient(backend).upload([1, 2, 3])
            let theirs = try await stranger.upload([1, 2, 3])
            #expect(mine.id != theirs.id)
            #expect(mine["file"] != theirs["file"])
        }
    }

    static func routes(_ backend: EmbeddedBackend) -> [RouteTable.Route] {
        var table = RouteTable(services: backend.server.services) { "" }
        Routes.addAll(to: &table)
        return table.routes
    }
}

extension String {
    func replacingFirst(_ wanted: String, with replacement: String) -> String {
        guard let start = indices.first(where: { self[$0...].hasPrefix(wanted) }) else { return self }
        return self[..<start] + replacement + self[index(start, offsetBy: wanted.count)...]
    }
}
