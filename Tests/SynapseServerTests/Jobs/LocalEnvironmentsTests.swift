import Foundation
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(1)))
struct LocalEnvironmentsTests {
    @Test func whatIsOldOrBrokenGoesWithItsLock() async throws {
        try await withTemporaryDirectory { folder in
            let hour = 3600.0
            let cases: [(digit: String, isWhole: Bool, hasFolder: Bool, age: Double, stays: Bool)] = [
                ("0", true, true, 29 * 24 * hour, true), ("1", true, true, 31 * 24 * hour, false),
                ("2", false, true, hour - 60, true), ("3", false, true, hour + 60, false),
                ("4", false, false, hour - 60, true), ("5", false, false, hour + 60, false),
            ]
            for row in cases {
                let home = folder + "/" + String(repeating: row.digit, count: 32)
                let files = FileManager.default
                if row.hasFolder { try FileSystem.makeDirectory(home) }
                if row.isWhole { try FileSystem.writeAtomically("", to: home + "/complete") }
                try FileSystem.writeAtomically("", to: home + ".lock")
                let age = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -row.age)]
                for path in [home + "/complete", home, home + ".lock"] where FileSystem.exists(path) {
                    try files.setAttributes(age, ofItemAtPath: path)
                }
            }
            try FileSystem.makeDirectory(folder + "/notes")
            try LocalEnvironments(path: folder).sweep()
            var expected: Set<String> = ["notes"]
            for row in cases where row.stays {
                let name = String(repeating: row.digit, count: 32)
                expected.insert(name + ".lock")
                if row.hasFolder { expected.insert(name) }
            }
            #expect(Set(FileSystem.names(in: folder)) == expected)
        }
    }

    @Test func whatAJobCouldNotInstallLeavesNothing() async throws {
        let config = #"{"name": "P", "code": "p", "actions": {"go": {"entrypoint": "main.py"}}}"#
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let made = try await client.release(
                    [("plugin", "p"), ("version", "1"), ("config", config)],
                    file: TestArchive.bytes(["main.py": "", "requirements.txt": "--no-index\n./is-not-there.whl\n"]))
                #expect(made.status == 201, "\(made.text)")
                let job = try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
                let log = try await client.get("/jobs/\(job)/tail_console_logs/").text
                #expect(log.contains("Installing"), "\(log)")
                #expect(try await client.get("/jobs/\(job)/")["status"] == "FAILED")
                let environments = try #require(
                    FileSystem.names(in: directory).first { $0.hasPrefix("environments") })
                #expect(FileSystem.names(in: directory + "/" + environments).isEmpty)
            }
        }
    }
}
