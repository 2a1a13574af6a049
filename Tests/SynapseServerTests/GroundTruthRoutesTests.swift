import AsyncHTTPClient
import GRDB
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct GroundTruthRoutesTests {
    /// A project with handed-in tasks and a dataset.
    struct Scene: Sendable {
        let client: TestClient
        let workspace: Workspace
        let units: [Int64]
        let tasks: [Int64]
        let dataset: Int64

        init(_ client: TestClient, count: Int = 4) async throws {
            self.client = client
            workspace = try await Workspace(client)
            units = try await workspace.makeUnits(count)
            tasks = try await workspace.makeTasks(units)
            dataset = try await client.post(
                "/ground_truth_datasets/", ["project": .integer(workspace.project), "name": "gold"]
            ).id
        }

        func annotate(_ index: Int, _ label: String, action: String = "submit") async throws {
            let data: JSONValue = ["annotations": ["image_1": [["classification": ["class": .string(label)]]]]]
            let reply = try await client.json(
                .PUT, "/tasks/\(tasks[index])/annotate_task_data/", ["action": .string(action), "data": data])
            #expect(reply.status == 200)
        }

        func take(_ index: Int, category: String? = nil) async throws -> TestClient.Reply {
            var body: JSONValue = ["ground_truth_dataset": .integer(dataset), "task": .integer(tasks[index])]
            if let category { body = body.replacing("category", .string(category)) }
            return try await client.post("/ground_truths/", body)
        }

        func freeze(_ version: String) async throws -> Int64 {
            try await client.post(
                "/ground_truth_dataset_versions/",
                ["ground_truth_dataset": .integer(dataset), "version": .string(version)]
            ).id
        }

        func rows(_ path: String) async throws -> [JSONValue] {
            let reply = try await client.get(path)
            #expect(reply.status == 200, "\(path): \(reply.text)")
            return reply.results
        }
    }

    @Test func createGroundTruthOfATaskKeepsEveryChangeAsAnEvent() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend))
            let refused = try await scene.take(0)
            #expect(refused.status == 400 && refused["task"] != .null)
            try await scene.annotate(0, "car", action: "save")
            #expect(try await scene.take(0).status == 400)
            try await scene.annotate(0, "car")
            let made = try await scene.take(0)
            #expect(made.status == 201, "\(made.text)")
            #expect(
                made["category"] == "train" && made["classes"] == ["car"] && made["task"] == .integer(scene.tasks[0]))
            #expect(
                made["data_unit"] == .integer(scene.units[0]) && made["project"] == .integer(scene.workspace.project))
            // The same again leaves no event; another category, other data do.
            #expect(try await scene.take(0).id == made.id)
            #expect(try await scene.take(0, category: "test")["category"] == "test")
            try await scene.annotate(0, "dog")
            let changed = try await scene.take(0)
            #expect(changed.id == made.id && changed["classes"] == ["dog"] && changed["category"] == "test")
            let events = try await scene.rows("/sdk/ground_truth_events/?ground_truth=\(made.id)")
            #expect(events.map { $0["pgh_label"] } == ["insert", "update", "update"])
            #expect(events.map { $0["category"] } == ["train", "test", "test"])
            #expect(events.map { $0["classes"] } == [["car"], ["car"], ["dog"]])
            #expect(events.allSatisfy { $0["id"] == .integer(made.id) && $0["pgh_obj_id"] == .integer(made.id) })
            #expect(Set(events.compactMap { $0["pgh_id"]?.integerValue }).count == 3)
            #expect(try await scene.client.get("/ground_truths/")["count"] == 1)
            // getGroundTruth
            let read = try await scene.client.get("/ground_truths/\(made.id)/?expand=data_unit,ground_truth_dataset")
            #expect(read["ground_truth_dataset"]["name"] == "gold")
            #expect(read["data_unit"]["meta"] == ["index": 0])
        }
    }

    @Test func aVersionIsNotTouchedByLaterChanges() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend))
            for (index, label) in ["car", "dog", "cat"].enumerated() {
                try await scene.annotate(index, label)
                _ = try await scene.take(index, category: index == 2 ? "validation" : nil)
            }
            // What is remembered of the version's list before it exists must not outlive it.
            #expect(try await scene.rows("/sdk/ground_truth_events/?ground_truth_dataset_versions=1").isEmpty)
            let first = try await scene.freeze("v1")
            let before = try await scene.client.get("/sdk/ground_truth_events/?ground_truth_dataset_versions=\(first)")
            try await scene.annotate(0, "bus")
            _ = try await scene.take(0)
            try await scene.annotate(3, "bike")
            _ = try await scene.take(3)
            let second = try await scene.freeze("v2")
            let after = try await scene.client.get("/sdk/ground_truth_events/?ground_truth_dataset_versions=\(first)")
            #expect(before["count"] == 3 && before.results.map { $0["classes"] } == [["car"], ["dog"], ["cat"]])
            #expect(after.results.map { $0["data"] } == before.results.map { $0["data"] })
            for key in ["ground_truth_dataset_versions", "ground_truth_dataset_version"] {
                let rows = try await scene.rows("/sdk/ground_truth_events/?\(key)=\(second)&ordering=id")
                #expect(Set(rows.map { $0["classes"]?[0]?.stringValue ?? "" }) == ["bus", "dog", "cat", "bike"])
            }
            let both = try await scene.rows(
                "/sdk/ground_truth_events/?ground_truth_dataset_versions=\(first)&ground_truth_dataset_versions=\(second)"
            )
            #expect(both.count == 5)
            let comma = try await scene.rows(
                "/sdk/ground_truth_events/?ground_truth_dataset_versions=\(first),%20\(second)")
            #expect(comma.count == 5)
            // listGroundTruths with a version answers what was frozen; without, what is.
            let frozen = try await scene.rows("/ground_truths/?ground_truth_dataset_versions=\(first)")
            #expect(frozen.map { $0["classes"] } == [["car"], ["dog"], ["cat"]])
            let now = try await scene.rows("/ground_truths/?ground_truth_dataset=\(scene.dataset)")
            #expect(now.map { $0["classes"] } == [["bus"], ["dog"], ["cat"], ["bike"]])
            #expect(frozen.map { $0["id"] } == now.prefix(3).map { $0["id"] })
            // getGroundTruthVersion, listGroundTruthVersions, archive
            let version = try await scene.client.get(
                "/ground_truth_dataset_versions/\(first)/?expand=ground_truth_dataset")
            #expect(version["version"] == "v1" && version["event_count"] == 3 && version["is_archived"] == false)
            #expect(version["ground_truth_dataset"]["name"] == "gold")
            let again = try await scene.client.post(
                "/ground_truth_dataset_versions/",
                ["ground_truth_dataset": .integer(scene.dataset), "version": "v1"])
            #expect(again.status == 400 && again["version"] != .null)
            let path = "/ground_truth_dataset_versions/\(first)/"
            #expect(try await scene.client.json(.PATCH, path, ["is_archived": true])["is_archived"] == true)
            #expect(try await scene.client.json(.PATCH, path, ["version": "v3"]).status == 400)
            let open = try await scene.rows("/ground_truth_dataset_versions/?is_archived=false")
            #expect(open.map { $0["id"] } == [.integer(second)])
            let all = try await scene.rows("/ground_truth_dataset_versions/?ground_truth_dataset=\(scene.dataset)")
            #expect(all.count == 2)
        }
    }

    @Test func listGroundTruthEventsHonoursEachFilter() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend))
            for (index, (label, category)) in [
                ("car", "train"), ("dog", "validation"), ("car", "test"), ("cat", "train"),
            ]
            .enumerated() {
                try await scene.annotate(index, label)
                _ = try await scene.take(index, category: category)
            }
            for path in ["/sdk/ground_truth_events/", "/ground_truths/"] {
                func indexes(_ query: String) async throws -> [Int] {
                    let rows = try await scene.rows("\(path)?\(query)")
                    return rows.compactMap { row in
                        let unit = row["data_unit"]?["id"] ?? row["data_unit"]
                        return scene.units.firstIndex(of: unit?.integerValue ?? -1)
                    }
                }
                #expect(try await indexes("category=train") == [0, 3], "\(path)")
                #expect(try await indexes("categories=train,test") == [0, 2, 3])
                #expect(try await indexes("categories=train&categories=validation") == [0, 1, 3])
                #expect(try await indexes("classes=car") == [0, 2])
                #expect(try await indexes("classes=dog,cat") == [1, 3])
                #expect(try await indexes("classes=ca").isEmpty)
                #expect(try await indexes("task=\(scene.tasks[1])") == [1])
                #expect(try await indexes("project=\(scene.workspace.project)") == [0, 1, 2, 3])
                #expect(try await indexes("project=999").isEmpty)
                #expect(try await indexes("ground_truth_dataset=\(scene.dataset)&page_size=2") == [0, 1])
                #expect(try await indexes("ids=2,3") == [1, 2])
                #expect(try await indexes("ids_ex=2,3") == [0, 3])
                for query in [
                    "category=tset", "ground_truth_dataset_versions=x", "task=x", "data=1", "pgh_id__no=1",
                    "workshop=1",
                ] {
                    #expect(try await scene.client.get("\(path)?\(query)").status == 400, "\(path)?\(query)")
                }
            }
            // The cursor that exporters walk with: newest event first.
            var seen: [Int64] = []
            var next: String? = "/sdk/ground_truth_events/?pagination=cursor&ordering=-pgh_id&page_size=3"
            while let path = next {
                let reply = try await scene.client.get(path)
                seen += reply.results.compactMap { $0["pgh_id"]?.integerValue }
                next = reply["next"].stringValue
            }
            #expect(seen == [4, 3, 2, 1])
            #expect(try await scene.rows("/sdk/ground_truth_events/?pgh_id__lt=3&ordering=-pgh_id").count == 2)
        }
    }

    @Test func listGroundTruthEventsDataAndFilesHaveTheirShapes() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend), count: 2)
            for index in 0..<2 {
                try await scene.annotate(index, "car")
                _ = try await scene.take(index)
            }
            let data = try await scene.rows("/sdk/ground_truth_events/data/?page_size=1")
            #expect(data.count == 1 && data[0].objectValue?.map(\.key) == ["id", "pgh_id", "data"])
            #expect(data[0]["data"]?["annotations"] != nil)
            let files = try await scene.rows("/sdk/ground_truth_events/files/?ids=2")
            #expect(files.count == 1 && files[0].objectValue?.map(\.key) == ["id", "pgh_id", "files"])
            let file = try #require(files[0]["files"]?[0])
            #expect(file["specification"] == "image_1" && file["file_name_original"] == "1.png")
            let anonymous = scene.client.withoutToken()
            #expect(try await anonymous.get(file["url"]?.stringValue ?? "").bytes == Array("content 1".utf8))
            let whole = try await scene.rows("/sdk/ground_truth_events/?fields=category,files,data&expand=data")
            #expect(whole[0].objectValue?.map(\.key) == ["category", "data", "files"])
            #expect(whole[0]["files"]?["image_1"]?["url"]?.stringValue?.hasPrefix("http://") == true)
            let event = try await scene.rows("/sdk/ground_truth_events/?expand=data_unit,project")[0]
            let text = whole[0]["data"]?.description ?? ""
            #expect(
                event["data_size"] == .integer(Int64(text.utf8.count)) && event["data_digest"]?.stringValue?.count == 64
            )
            #expect(event["data_unit"]?["files"]?["image_1"] != nil && event["project"]?["title"] == "p")
        }
    }

    /// Programs that export events look into the unit without asking for it, and fetch large data by its address.
    @Test func listGroundTruthEventsHasTheUnitItsFilesAndAddressesOfTheData() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend), count: 1)
            try await scene.annotate(0, "car")
            _ = try await scene.take(0)
            let event = try #require(try await scene.rows("/sdk/ground_truth_events/").first)
            #expect(event["data_unit"]?["id"] == .integer(scene.units[0]))
            #expect(event["data_unit"]?["files"] == event["files"] && event["files_manifest"] == event["files"])
            #expect(event["files"]?.objectValue?.isEmpty == false)
            let expanded = try #require(
                try await scene.rows("/sdk/ground_truth_events/?expand=task,assignment").first)
            #expect(expanded["task"]?["id"] == .integer(scene.tasks[0]) && expanded["assignment"] == .null)
            for path in ["/sdk/ground_truth_events/", "/sdk/ground_truth_events/data/"] {
                let row = try #require(try await scene.rows(path + "?response_mode=presigned").first)
                #expect(row["data"]?["mode"] == "presigned", "\(row)")
                let url = try #require(row["data"]?["presigned_url"]?.stringValue)
                let data = try await scene.client.withoutToken().get(url)
                #expect(
                    data.json == event["data"] && data.bytes.count == row["data"]?["size"]?.integerValue.map(Int.init))
                #expect(row["data"]?["data_digest"] == event["data_digest"])
                #expect(try await scene.client.get(path + "?response_mode=odd").status == 400)
            }
            let task = try #require(try await scene.rows("/sdk/tasks/?expand=data_unit").first)
            #expect(task["files_manifest"] == task["data_unit"]?["files"])
            #expect(try await scene.rows("/sdk/tasks/").first?["files_manifest"] == nil)
            let named = try #require(try await scene.rows("/sdk/tasks/?fields=id,data_unit,files_manifest").first)
            #expect(named["files_manifest"] == task["files_manifest"])
            #expect(named["data_unit"] == .integer(scene.units[0]))
        }
    }

    @Test func listGroundTruthsBringsTheDataAsAFile() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend), count: 1)
            try await scene.annotate(0, "car")
            _ = try await scene.take(0)
            let version = try await scene.freeze("v1")
            try await scene.annotate(0, "dog")
            _ = try await scene.take(0)
            let anonymous = scene.client.withoutToken()
            for (query, label) in [("", "dog"), ("?ground_truth_dataset_versions=\(version)", "car")] {
                let row = try await scene.rows("/ground_truths/\(query)")[0]
                let file = try #require(row["files"]?["data_meta_1"])
                #expect(row["files"]?["image_1"]?["is_primary"] == true && file["is_primary"] == false)
                let url = file["url"]?.stringValue ?? ""
                let read = try await anonymous.get(url)
                #expect(read.status == 200 && read.json == row["data"] && read.text.contains(label))
                #expect(file["checksum"] == .string(TestClient.md5(read.bytes)))
                #expect(file["size"] == .integer(Int64(read.bytes.count)))
                #expect(read.headers.first(name: "Content-Type") == "application/json")
                for wrong in [
                    url.replacingFirst("signature=", with: "signature=0"), url.replacingFirst("/1/", with: "/2/"),
                    url.replacingFirst("/2/", with: "/1/"), url.replacingFirst("expires=", with: "expires=1"),
                ] where wrong != url {
                    #expect(try await anonymous.get(wrong).status == 403, "\(wrong)")
                }
            }
        }
    }

    /// Assignments are made here as rows; only what is finished becomes ground truth.
    @Test func createGroundTruthOfAnAssignmentNeedsAFinishedOne() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend), count: 1)
            let task = scene.tasks[0]
            let cases:
                [(label: String, review: String, confirmed: Bool, discarded: Bool, reviewed: Bool, taken: Bool)] = [
                    ("in_progress", "stand_by", false, false, false, false),
                    ("completed", "stand_by", false, false, false, true),
                    ("completed", "stand_by", false, false, true, false),
                    ("completed", "in_progress", false, false, true, false),
                    ("completed", "rejected", false, false, true, false),
                    ("completed", "completed", false, false, true, true),
                    ("completed", "skipped", false, false, true, true),
                    ("completed", "completed", true, true, true, false),
                    ("in_progress", "stand_by", true, false, false, true),
                ]
            for (index, state) in cases.enumerated() {
                let id = try await backend.server.services.database.write { db in
                    let user = try #require(try Int64.fetchOne(db, sql: "SELECT id FROM user"))
                    try db.execute(
                        sql: "DELETE FROM ground_truth_event; DELETE FROM ground_truth; DELETE FROM assignment")
                    try db.execute(
                        sql: """
                            INSERT INTO assignment (tenant_id, project_id, task_id, user_id, reviewer_id, status_label,
                                status_review, is_confirmed, is_discarded, data, created, modified)
                            VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, '{"classification":{"digit":["7","9"]}}', '', '')
                            """,
                        arguments: [
                            scene.workspace.project, task, user, state.reviewed ? user : nil, state.label, state.review,
                            state.confirmed, state.discarded,
                        ])
                    return db.lastInsertedRowID
                }
                let reply = try await scene.client.post(
                    "/ground_truths/", ["ground_truth_dataset": .integer(scene.dataset), "assignment": .integer(id)])
                #expect(reply.status == (state.taken ? 201 : 400), "case \(index): \(reply.text)")
                if state.taken {
                    #expect(reply["classes"] == ["7", "9"] && reply["assignment"] == .integer(id))
                    #expect(reply["task"] == .integer(task) && reply["data_unit"] == .integer(scene.units[0]))
                } else {
                    #expect(reply.json.objectValue?["assignment"] != nil)
                }
            }
        }
    }

    @Test func createGroundTruthsIsAllOrNothingAndSaysWhatIsWrong() async throws {
        try await withEmbeddedBackend { backend in
            let scene = try await Scene(TestClient(backend))
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            let theirs = try await Scene(stranger, count: 1)
            try await theirs.annotate(0, "car")
            let elsewhere = try await Scene(scene.client, count: 1)
            try await scene.annotate(0, "car")
            let dataset = JSONValue.integer(scene.dataset)
            let unit: JSONValue = [
                "ground_truth_dataset": dataset, "data_unit": .integer(scene.units[1]), "data": ["a": 1],
                "classes": ["x"],
            ]
            let wrong: [(String, JSONValue)] = [
                ("ground_truth_dataset", [:]), ("ground_truth_dataset", unit.replacing("ground_truth_dataset", 999)),
                ("ground_truth_dataset", unit.replacing("ground_truth_dataset", .integer(theirs.dataset))),
                ("data_unit", ["ground_truth_dataset": dataset, "data": [:]]),
                ("data_unit", unit.replacing("data_unit", .integer(theirs.units[0]))),
                ("data_unit", unit.replacing("data_unit", .integer(elsewhere.units[0]))),
                ("data_unit", unit.replacing("task", .integer(scene.tasks[0]))),
                ("task", ["ground_truth_dataset": dataset, "task": .integer(theirs.tasks[0])]),
                ("assignment", ["ground_truth_dataset": dataset, "assignment": 999]),
                ("data", ["ground_truth_dataset": dataset, "data_unit": .integer(scene.units[1])]),
                ("data", unit.replacing("data", [1])), ("category", unit.replacing("category", "tset")),
                ("classes", unit.replacing("classes", [1])), ("classes", unit.replacing("classes", "x")),
            ]
            for (field, body) in wrong {
                let reply = try await scene.client.post("/ground_truths/", body)
                #expect(reply.status == 400 && reply.json.objectValue?[field] != nil, "\(body): \(reply.text)")
                let list = try await scene.client.post("/ground_truths/", [unit, body])
                #expect(list.status == 400 && list.json[0] == [:] && list.json[1]?[field] != nil, "\(list.text)")
            }
            #expect(try await scene.client.get("/ground_truths/")["count"] == 0)
            let made = try await scene.client.post(
                "/ground_truths/",
                [unit, ["ground_truth_dataset": dataset, "task": .integer(scene.tasks[0]), "category": "test"], unit])
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json.arrayValue?.map { $0["id"] } == [1, 2, 1])
            #expect(made.json[0]?["classes"] == ["x"] && made.json[1]?["classes"] == ["car"])
            #expect(try await scene.client.get("/sdk/ground_truth_events/")["count"] == 2)
            #expect(try await stranger.get("/sdk/ground_truth_events/")["count"] == 0)
            let odd = try await scene.client.post("/ground_truths/", [1, "x"])
            #expect(odd.status == 400 && odd.json[0]?["non_field_errors"] != nil)
        }
    }

    @Test func createGroundTruthDatasetIsOneForEachName() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let body: JSONValue = ["project": .integer(workspace.project), "name": "gold", "description": "d"]
            let made = try await client.post("/ground_truth_datasets/", body)
            #expect(made.status == 201 && made["project"] == .integer(workspace.project))
            #expect(try await client.post("/ground_truth_datasets/", body).id == made.id)
            #expect(try await client.post("/ground_truth_datasets/", ["name": "x"]).status == 400)
            #expect(try await client.post("/ground_truth_datasets/", ["project": 999, "name": "x"]).status == 400)
            let list = try await client.get("/ground_truth_datasets/?project=\(workspace.project)&expand=project")
            #expect(list["count"] == 1 && list.results[0]["project"]?["title"] == "p")
            #expect(try await client.get("/ground_truth_datasets/\(made.id)/")["description"] == "d")
        }
    }
}
