import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct AssignmentRoutesTests {
    @Test func createAssignmentsGivesATaskOnceToEachWorker() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let path = "/assignments/"
            let task = crew.tasks[0]
            let body: JSONValue = [
                "task": .integer(task), "user": .integer(crew.ann.id), "reviewer": .integer(crew.rae.id),
            ]
            let first = try await crew.owner.post(path, body)
            #expect(first.status == 201, "\(first.text)")
            #expect(first["status_label"] == "stand_by" && first["status_review"] == "stand_by")
            #expect(first["project"] == .integer(crew.workspace.project) && first["user"] == .integer(crew.ann.id))
            #expect(first["file"]["file_name_original"] == "0.png")
            // Sent again it is the same; with another reviewer it is not.
            #expect(try await crew.owner.post(path, body).id == first.id)
            let other = try await crew.owner.post(
                path, ["task": .integer(task), "user": .integer(crew.ann.id), "reviewer": .integer(crew.ben.id)])
            #expect(other.status == 400 && other["reviewer"] != .null, "\(other.text)")
            // The project allows two for a task, and a list is made whole or not at all.
            let list = try await crew.owner.post(
                path,
                [
                    ["task": .integer(crew.tasks[1]), "user": .integer(crew.ann.id)],
                    ["task": .integer(task), "user": .integer(crew.ben.id)],
                    ["task": .integer(task), "user": .integer(crew.rae.id)], 3,
                    ["task": 999, "user": .integer(crew.guest.id)],
                ])
            #expect(list.status == 400)
            #expect(list.json[0] == [:] && list.json[3]?["non_field_errors"] != nil, "\(list.text)")
            let made = try await crew.owner.post(
                path,
                [
                    ["task": .integer(crew.tasks[1]), "user": .integer(crew.ann.id)],
                    ["task": .integer(task), "user": .integer(crew.ben.id)],
                ])
            #expect(made.json.arrayValue?.map { $0["task"] } == [.integer(crew.tasks[1]), .integer(task)])
            let full = try await crew.owner.post(
                path,
                [
                    ["task": .integer(task), "user": .integer(crew.rae.id)],
                    ["task": 999, "user": .integer(crew.guest.id)],
                ])
            #expect(full.json[0]?["task"]?[0]?.stringValue?.contains("2 assignments") == true, "\(full.text)")
            #expect(full.json[1]?["task"] != nil && full.json[1]?["user"] != nil, "\(full.text)")
            #expect(try await crew.owner.get(path)["count"] == 3)
        }
    }

    @Test func aReviewerIsNotAddedByAskingAgain() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let body: JSONValue = ["task": .integer(crew.tasks[0]), "user": .integer(crew.ann.id)]
            let first = try await crew.owner.post("/assignments/", body)
            #expect(first.status == 201 && first["reviewer"] == .null, "\(first.text)")
            let other = try await crew.owner.post(
                "/assignments/",
                [
                    "task": .integer(crew.tasks[0]), "user": .integer(crew.ann.id),
                    "reviewer": .integer(crew.rae.id),
                ])
            #expect(other.status == 400 && other["reviewer"] != .null, "\(other.text)")
            #expect(try await crew.owner.post("/assignments/", body).id == first.id)
        }
    }

    @Test func aLimitOfNoneIsNoLimit() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend, tasks: 1, project: ["count_max_assignments_per_task": 0])
            for person in [crew.ann, crew.ben, crew.rae] {
                #expect(try await crew.assign(crew.tasks[0], to: person) > 0)
            }
            #expect(try await crew.owner.get("/tasks/?has_reached_max_assignments=true")["count"] == 0)
        }
    }

    /// The walk of the label and the review, with the times that each step sets.
    @Test func annotateAssignmentDataAndReviewAssignmentWalkTheStates() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let id = try await crew.assign(crew.tasks[0], to: crew.ann, reviewer: crew.rae)
            let begun = try await crew.label(id, ["action": "save"], as: crew.ann)
            #expect(begun["status_label"] == "in_progress" && begun["data"] == .null && begun["last_labeled"] == .null)
            #expect(begun["labeler_last_action_at"] != .null)
            let empty = try await crew.label(id, ["action": "submit"], as: crew.ann)
            #expect(empty.status == 400 && empty["data"] != .null, "\(empty.text)")
            let saved = try await crew.label(id, ["action": "save", "data": ["n": 1]], as: crew.ann)
            #expect(saved["data"]["n"] == 1 && saved["last_labeled"] != .null && saved["label_submitted"] == .null)
            let early = try await crew.review(id, "complete", as: crew.rae)
            #expect(early.status == 400)
            #expect(
                early["status_review"][0]?.stringValue
                    == "The label is in_progress, not completed or skipped; the review is stand_by and cannot become completed."
            )
            let submitted = try await crew.label(id, ["action": "submit"], as: crew.ann)
            #expect(submitted["status_label"] == "completed" && submitted["label_submitted"] != .null)
            #expect(submitted["data"]["n"] == 1)
            let again = try await crew.label(id, ["n": 2], as: crew.ann)
            #expect(again["status_label"][0] == "The label is completed; it cannot become completed.")
            #expect(try await crew.review(id, "start", as: crew.rae)["status_review"] == "in_progress")
            let twice = try await crew.review(id, "start", as: crew.rae)
            #expect(twice["status_review"][0] == "The review is in_progress; it cannot become in_progress.")
            let rejected = try await crew.rae.client.post(
                "/assignments/\(id)/review/", ["action": "reject", "description": "too coarse"])
            #expect(rejected["status_review"] == "rejected" && rejected["status_label"] == "in_progress")
            #expect(rejected["review_description"] == "too coarse" && rejected["last_reviewed"] != .null)
            let confirmedEarly = try await crew.rae.client.post("/assignments/\(id)/confirm/", [:])
            #expect(
                confirmedEarly["is_confirmed"][0]
                    == "The label is in_progress, not completed; it cannot become confirmed.")
            // Any other object is the data itself, handed in.
            let better = try await crew.label(id, ["n": 2], as: crew.ann)
            #expect(better["status_label"] == "completed" && better["status_review"] == "stand_by")
            #expect(better["data"] == ["n": 2])
            #expect(try await crew.review(id, "complete", as: crew.rae)["status_review"] == "completed")
            #expect(try await crew.review(id, "reject", as: crew.rae).status == 400)
            #expect(try await crew.owner.get("/tasks/\(crew.tasks[0])/")["data"] == .null)
            let confirmed = try await crew.rae.client.post("/assignments/\(id)/confirm/", [:])
            #expect(confirmed["is_confirmed"] == true, "\(confirmed.text)")
            let task = try await crew.owner.get("/tasks/\(crew.tasks[0])/")
            #expect(task["data"] == ["n": 2] && task["is_submitted"] == true)
            for step in ["confirm", "discard", "review"] {
                let reply = try await crew.owner.post("/assignments/\(id)/\(step)/", ["action": "start"])
                #expect(reply.status == 400 && reply.text.contains("The assignment is confirmed;"), "\(reply.text)")
            }
            #expect(try await crew.label(id, ["n": 3]).text.contains("The assignment is confirmed;"))
            let moved = try await crew.owner.json(.PATCH, "/assignments/\(id)/", ["reviewer": .null])
            #expect(moved.status == 400, "\(moved.text)")
        }
    }

    @Test func whatIsPassedOverIsReviewedButNotConfirmed() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let id = try await crew.assign(crew.tasks[0], to: crew.ann, reviewer: crew.rae)
            #expect(try await crew.label(id, ["action": "skip"], as: crew.ann)["status_label"] == "skipped")
            #expect(try await crew.review(id, "skip", as: crew.rae)["status_review"] == "skipped")
            #expect(try await crew.owner.post("/assignments/\(id)/confirm/", [:])["is_confirmed"] != .null)
            // Without a reviewer the label alone decides, and whoever reviews is the reviewer.
            let free = try await crew.assign(crew.tasks[1], to: crew.ann)
            _ = try await crew.label(free, ["a": 1], as: crew.ann)
            #expect(try await crew.owner.post("/assignments/\(free)/confirm/", [:])["is_confirmed"] == true)
            let open = try await crew.assign(crew.tasks[2], to: crew.ann)
            _ = try await crew.label(open, ["a": 1], as: crew.ann)
            #expect(try await crew.review(open, "start")["reviewer"] == 1)
            let waiting = try await crew.owner.post("/assignments/\(open)/confirm/", [:])
            #expect(
                waiting["is_confirmed"][0]
                    == "The review is in_progress, not completed or skipped; it cannot become confirmed.")
        }
    }

    @Test func aConfirmedDiscardFreesThePlaceAndEndsTheTask() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(
                backend, project: ["count_max_assignments_per_task": 1, "can_discard": true])
            let task = crew.tasks[0]
            let id = try await crew.assign(task, to: crew.ann, reviewer: crew.rae)
            let path = "/assignments/\(id)"
            #expect(try await crew.rae.client.post("\(path)/confirm_discard/", [:])["is_discard_confirmed"] != .null)
            let discarded = try await crew.ann.client.post("\(path)/discard/", [:])
            #expect(discarded["is_discarded"] == true && discarded["is_discard_confirmed"] == false)
            #expect(try await crew.label(id, ["a": 1], as: crew.ann).text.contains("The assignment is discarded;"))
            let back = try await crew.ann.client.post("\(path)/discard/", ["is_discarded": false])
            #expect(back["is_discarded"] == false)
            _ = try await crew.ann.client.post("\(path)/discard/", [:])
            let body: JSONValue = ["task": .integer(task), "user": .integer(crew.ben.id)]
            #expect(
                try await crew.owner.post("/assignments/", body)["task"][0]?.stringValue?.contains("allows 1") == true)
            #expect(try await crew.rae.client.post("\(path)/confirm_discard/", [:])["is_discard_confirmed"] == true)
            #expect(try await crew.owner.get("/tasks/\(task)/")["is_discarded"] == true)
            #expect(
                try await crew.owner.post("/assignments/", body)["task"][0]?.stringValue?.contains("discarded") == true)
            #expect(try await crew.ann.client.post("\(path)/discard/", ["is_discarded": false]).status == 403)
            #expect(try await crew.owner.post("\(path)/discard/", ["is_discarded": false])["is_discarded"] == false)
            #expect(try await crew.owner.get("/tasks/\(task)/")["is_discarded"] == false)
            // A project may forbid it to workers.
            _ = try await crew.owner.json(.PATCH, "/projects/\(crew.workspace.project)/", ["can_discard": false])
            #expect(try await crew.ann.client.post("\(path)/discard/", [:])["is_discarded"] != .null)
        }
    }

    @Test func onlyThoseWhoHaveAPartTakeTheirSteps() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(
                backend, project: ["count_max_assignments_per_task": 0, "enable_workforce": true])
            let id = try await crew.assign(crew.tasks[0], to: crew.ann, reviewer: crew.rae)
            for person in [crew.ben, crew.rae, crew.guest] {
                #expect(try await crew.label(id, ["a": 1], as: person).status == 403)
            }
            _ = try await crew.label(id, ["a": 1], as: crew.ann)
            for person in [crew.ann, crew.ben, crew.guest] {
                #expect(try await crew.review(id, "complete", as: person).status == 403)
                #expect(try await person.client.post("/assignments/\(id)/confirm/", [:]).status == 403)
                #expect(try await person.client.json(.PATCH, "/assignments/\(id)/", ["reviewer": 1]).status == 403)
            }
            // Members take tasks for themselves, guests none.
            let task = JSONValue.integer(crew.tasks[1])
            let mine = try await crew.ben.client.post("/assignments/", ["task": task, "user": .integer(crew.ben.id)])
            #expect(mine.status == 201)
            #expect(
                try await crew.ben.client.post("/assignments/", ["task": task, "user": .integer(crew.ann.id)]).status
                    == 403)
            let guest = try await crew.owner.post("/assignments/", ["task": task, "user": .integer(crew.guest.id)])
            #expect(guest["user"][0]?.stringValue?.contains("guest") == true, "\(guest.text)")
            let reviewer = try await crew.owner.json(.PATCH, "/assignments/\(id)/", ["reviewer": .integer(crew.ben.id)])
            #expect(reviewer["reviewer"] == .integer(crew.ben.id))
            let silent = try await crew.owner.json(.PATCH, "/assignments/\(id)/", ["is_confirmed": true])
            #expect(silent.status == 400 && silent["is_confirmed"] != .null)
        }
    }

    @Test func listAssignmentsFiltersAsAsked() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let ids = [
                try await crew.assign(crew.tasks[0], to: crew.ann, reviewer: crew.rae),
                try await crew.assign(crew.tasks[0], to: crew.ben, reviewer: crew.rae),
                try await crew.assign(crew.tasks[1], to: crew.ann),
            ]
            _ = try await crew.label(ids[0], ["n": "needle"])
            _ = try await crew.review(ids[0], "complete")
            _ = try await crew.owner.post("/assignments/\(ids[0])/confirm/", [:])
            _ = try await crew.label(ids[1], ["action": "save", "data": ["n": 2]])
            _ = try await crew.owner.post("/assignments/\(ids[2])/discard/", [:])
            let project = JSONValue.integer(crew.workspace.project)
            let tag = try await crew.owner.post("/task_tags/", ["project": project, "name": "t"]).id
            let path = "/sdk/assignments/?fields=id&project=\(crew.workspace.project)"
            #expect(try await crew.owner.get(path + "&tags=\(tag)&task_tags=\(tag)")["count"] == 0)
            _ = try await crew.owner.post(
                "/assignments/set_tags/", ["ids": [.integer(ids[1])], "tags": [.integer(tag)], "action": "add"])
            _ = try await crew.owner.post(
                "/tasks/set_tags/", ["ids": [.integer(crew.tasks[1])], "tags": [.integer(tag)]])
            let table: [(String, [Int])] = [
                ("", [0, 1, 2]), ("tasks=\(crew.tasks[0])", [0, 1]), ("users=\(crew.ann.id)", [0, 2]),
                ("users=\(crew.ann.id),\(crew.ben.id)", [0, 1, 2]), ("reviewers=\(crew.rae.id)", [0, 1]),
                ("status_label=completed", [0]), ("status_label=in_progress&status_label=stand_by", [1, 2]),
                ("status_review=completed", [0]), ("status_review=stand_by", [1, 2]), ("is_confirmed=True", [0]),
                ("is_discarded=true", [2]), ("is_discarded=false", [0, 1]), ("is_discard_confirmed=1", []),
                ("tags=\(tag)", [1]), ("task_tags=\(tag)", [2]), ("search=needle", [0]), ("ids_ex=\(ids[1])", [0, 2]),
                ("id__gt=\(ids[0])", [1, 2]), ("has_data=true", [0, 1]), ("label_submitted__gt=2000-01-01", [0]),
                ("last_labeled__lte=2999-01-01", [0, 1]), ("last_reviewed__gte=2000-01-01", [0]),
                ("labeler_last_action_at__gt=2000-01-01", [0, 1, 2]), ("reviewer_last_action_at_after=2000-01-01", [0]),
                ("created__lt=2000-01-01", []), ("ordering=-label_submitted,-id", [0, 2, 1]),
                ("unheard_of=1", [0, 1, 2]),
            ]
            for (query, expected) in table {
                let reply = try await crew.owner.get(path + "&\(query)")
                #expect(
                    reply.results.compactMap { $0["id"]?.integerValue } == expected.map { ids[$0] },
                    "\(query): \(reply.text)")
                #expect(reply["count"] == .integer(Int64(expected.count)), "\(query)")
            }
            for query in [
                "task=1", "user=1", "workshop=1", "groups=1", "stages=1", "status_label=done", "tasks=x",
                "last_labeled__gt=soon", "response_mode=cut", "is_confirmed=perhaps",
            ] {
                let reply = try await crew.owner.get(path + "&\(query)")
                let key = String(query.prefix { $0 != "=" })
                #expect(reply.status == 400 && reply[key] != .null, "\(query): \(reply.text)")
            }
        }
    }

    /// What is remembered of lists of tasks ends when their assignments, or the limit of the project, change.
    @Test func listTasksFiltersByAssignments() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let queries = [
                "has_assignment=true", "has_assignment=False", "has_reached_max_assignments=true",
                "labelers=\(crew.ann.id)", "reviewers=\(crew.rae.id)", "status_label=completed",
                "status_review=rejected",
                "assignments__is_discarded=true", "assignments__is_discarded=false",
            ]
            func counts() async throws -> [Int64] {
                var counts: [Int64] = []
                for query in queries {
                    let reply = try await crew.owner.get("/sdk/tasks/?project=\(crew.workspace.project)&\(query)")
                    counts.append(reply["count"].integerValue ?? -1)
                }
                return counts
            }
            #expect(try await counts() == [0, 3, 0, 0, 0, 0, 0, 0, 0])
            let first = try await crew.assign(crew.tasks[0], to: crew.ann, reviewer: crew.rae)
            #expect(try await counts() == [1, 2, 0, 1, 1, 0, 0, 0, 1])
            let second = try await crew.assign(crew.tasks[0], to: crew.ben)
            #expect(try await counts() == [1, 2, 1, 1, 1, 0, 0, 0, 1])
            _ = try await crew.label(first, ["a": 1])
            #expect(try await counts() == [1, 2, 1, 1, 1, 1, 0, 0, 1])
            _ = try await crew.review(first, "reject")
            #expect(try await counts() == [1, 2, 1, 1, 1, 0, 1, 0, 1])
            _ = try await crew.owner.post("/assignments/\(second)/discard/", [:])
            #expect(try await counts() == [1, 2, 1, 1, 1, 0, 1, 1, 1])
            let max: JSONValue = ["count_max_assignments_per_task": 3]
            _ = try await crew.owner.json(.PATCH, "/projects/\(crew.workspace.project)/", max)
            #expect(try await counts() == [1, 2, 0, 1, 1, 0, 1, 1, 1])
            let found = try await crew.owner.get("/sdk/tasks/?assignments=\(second)")
            #expect(found.results.compactMap { $0["id"]?.integerValue } == [crew.tasks[0]])
            #expect(try await crew.owner.get("/sdk/tasks/?status_label=done").status == 400)
        }
    }

    @Test func getAssignmentExpandsRelations() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let id = try await crew.assign(crew.tasks[0], to: crew.ann, reviewer: crew.rae)
            let plain = try await crew.owner.get("/assignments/\(id)")
            #expect(plain["task"] == .integer(crew.tasks[0]) && plain["data_unit"].integerValue != nil)
            let reply = try await crew.owner.get(
                "/assignments/\(id)/?expand=task.data_unit&expand=project,user,reviewer&expand=data_unit")
            #expect(reply["task"]["data_unit"]?["files"]?["image_1"]?["url"]?.stringValue?.hasPrefix("http") == true)
            #expect(reply["user"]["email"] == "ann@example.com" && reply["reviewer"]["email"] == "rae@example.com")
            #expect(reply["project"]["title"] == "p" && reply["data_unit"]["files"]?["image_1"] != nil)
            let some = try await crew.owner.get("/assignments/\(id)/?fields=id,status_label")
            #expect(some.json.objectValue?.map(\.key) == ["id", "status_label"])
        }
    }

    @Test func setTagsAssignmentsInBothForms() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let id = JSONValue.integer(try await crew.assign(crew.tasks[0], to: crew.ann))
            let project = JSONValue.integer(crew.workspace.project)
            let tag = JSONValue.integer(try await crew.owner.post("/task_tags/", ["project": project, "name": "t"]).id)
            let path = "/assignments/set_tags/"
            #expect(try await crew.owner.post(path, ["assignment_ids": [id], "tag_ids": [tag]]).status == 200)
            #expect(try await crew.owner.get("/assignments/\(id)")["tags"] == [tag])
            #expect(try await crew.owner.post(path, ["ids": [id], "tags": [tag], "action": "remove"]).status == 200)
            #expect(try await crew.owner.get("/assignments/\(id)")["tags"] == [])
            let other = try await Workspace(crew.owner)
            let foreign = try await crew.owner.post("/task_tags/", ["project": .integer(other.project), "name": "t"]).id
            let table: [(JSONValue, String)] = [
                (["ids": [id], "tags": [.integer(foreign)]], "tags"), (["ids": [999], "tags": [tag]], "ids"),
                (["assignment_ids": [999], "tag_ids": [tag]], "assignment_ids"), (["ids": [id]], "tags"),
                (["ids": [id], "tags": [tag], "action": "swap"], "action"), (["ids": "1", "tags": [tag]], "ids"),
            ]
            for (body, key) in table {
                let reply = try await crew.owner.post(path, body)
                #expect(reply.status == 400 && reply[key] != .null, "\(body): \(reply.text)")
            }
        }
    }

    @Test func aStepThatIsSentTwiceWithAKeyIsTakenOnce() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let id = try await crew.assign(crew.tasks[0], to: crew.ann)
            let client = crew.ann.client.with("Idempotency-Key", "k")
            let path = "/assignments/\(id)/annotate_assignment_data/"
            let first = try await client.json(.PUT, path, ["a": 1])
            let again = try await client.json(.PUT, path, ["a": 1])
            #expect(first.status == 200 && again.bytes == first.bytes)
            for body in [["action": "jump"], [1], "x", ["action": 3], [:]] as [JSONValue] {
                #expect(try await crew.ann.client.json(.PUT, path, body).status == 400, "\(body)")
            }
        }
    }
}
