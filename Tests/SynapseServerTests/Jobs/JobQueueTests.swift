import GRDB
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct JobQueueTests {
    /// Which tenant is served next, when one has asked for much and others for little.
    @Test(arguments: [
        (slots: 1, expected: ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]),
        (slots: 2, expected: ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]),
        (slots: 10, expected: ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]),
    ])
    func tenantsTakeTurnsAndEachIsServedInOrder(_ row: (slots: Int, expected: [String])) async throws {
        try await withQueue(["a": 4, "b": 2, "c": 1]) { database, jobs in
            var taken: [String] = []
            var held: [JobRecord.Key] = []
            while true {
                let next = try await database.write { db in
                    try JobRunRepository().claim(db, executor: "test", slotCount: row.slots)
                }
                if let next {
                    taken.append(try #require(jobs[next]))
                    held.append(next)
                } else if held.isEmpty {
                    break
                } else {
                    let oldest = held.removeFirst()
                    try await database.write { db in try JobRunRepository().end(db, oldest) }
                }
                #expect(held.count <= row.slots)
            }
            #expect(taken == row.expected)
        }
    }

    @Test func placesAreThoseInWhichJobsAreTakenAndTellNothingOfOtherTenants() async throws {
        try await withQueue(["a": 3, "b": 2]) { database, jobs in
            let first = try await database.write { db in
                try JobRunRepository().claim(db, executor: "test", slotCount: 1)
            }
            #expect(first.flatMap { jobs[$0] } == "a0")
            for (tenant, expected) in [("a", ["a1": 2, "a2": 4]), ("b", ["b0": 1, "b1": 3])] {
                let keys = jobs.filter { $0.value.hasPrefix(tenant) }.map(\.key)
                let places = try await database.read { db in
                    try JobRunRepository().places(db, tenant: keys[0].tenant, Set(keys.map(\.id)))
                }
                for key in keys {
                    guard let place = places[key.id], let name = jobs[key] else { continue }
                    #expect(place.position == expected[name], "\(name)")
                    #expect(place.blockers.count == (tenant == "a" && place.position != nil ? 1 : 0))
                }
                #expect(places.values.filter { $0.position != nil }.count == 2)
            }
        }
    }

    /// Runs a closure on a database in which tenants have asked for jobs, all of one before the next.
    private func withQueue(
        _ counts: [String: Int], _ body: (ServerDatabase, [JobRecord.Key: String]) async throws -> Void
    ) async throws {
        try await withEmbeddedBackend(configure: { $0.jobs.isEnabled = false }) { backend in
            let database = backend.server.services.database
            var jobs: [JobRecord.Key: String] = [:]
            for (code, count) in counts.sorted(by: { $0.key < $1.key }) {
                try await backend.server.createTenant(code: code, name: code)
                let token = try await backend.server.createAccessToken(tenant: code)
                let work = try await JobWorkspace(TestClient(backend, token: token))
                for number in 0..<count {
                    let uuid = try await work.makeJob()
                    let key = try await database.write { db in
                        let row = try #require(
                            try Row.fetchOne(db, sql: "SELECT tenant_id, id FROM job WHERE uuid = ?", arguments: [uuid])
                        )
                        let key = JobRecord.Key(tenant: row[0], id: row[1])
                        try JobRunRepository().enqueue(db, key)
                        return key
                    }
                    jobs[key] = "\(code)\(number)"
                }
            }
            try await body(database, jobs)
        }
    }
}
