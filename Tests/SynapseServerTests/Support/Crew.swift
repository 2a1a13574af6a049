import NIOHTTP1
import SynapseModels
import SynapseTestSupport

/// A project with tasks, and people who work on them.
struct Crew: Sendable {
    struct Person: Sendable {
        let id: Int64
        let client: TestClient
    }

    let owner: TestClient
    let workspace: Workspace
    let tasks: [Int64]
    let ann: Person
    let ben: Person
    let rae: Person
    let guest: Person

    init(_ backend: EmbeddedBackend, tasks count: Int = 3, project: JSONValue = ["count_max_assignments_per_task": 2])
        async throws
    {
        let owner = TestClient(backend)
        self.owner = owner
        workspace = try await Workspace(owner)
        _ = try await owner.json(.PATCH, "/projects/\(workspace.project)/", project)
        tasks = try await workspace.makeTasks(workspace.makeUnits(count))
        func hire(_ name: String, role: String = "member") async throws -> Person {
            let user = try await owner.post(
                "/users/", ["email": .string(name + "@example.com"), "role": .string(role)])
            let token = try await owner.post("/tokens/", ["user": .integer(user.id)])
            return Person(id: user.id, client: TestClient(backend, token: token["token"].stringValue))
        }
        ann = try await hire("ann")
        ben = try await hire("ben")
        rae = try await hire("rae")
        guest = try await hire("gus", role: "guest")
    }

    /// Gives a task to a worker.
    func assign(_ task: Int64, to person: Person, reviewer: Person? = nil) async throws -> Int64 {
        var body: JSONObject = ["task": .integer(task), "user": .integer(person.id)]
        if let reviewer { body["reviewer"] = .integer(reviewer.id) }
        return try await owner.post("/assignments/", .object(body)).id
    }

    func label(_ id: Int64, _ body: JSONValue, as person: Person? = nil) async throws -> TestClient.Reply {
        try await (person?.client ?? owner).json(.PUT, "/assignments/\(id)/annotate_assignment_data/", body)
    }

    func review(_ id: Int64, _ action: String, as person: Person? = nil) async throws -> TestClient.Reply {
        try await (person?.client ?? owner).post("/assignments/\(id)/review/", ["action": .string(action)])
    }
}
