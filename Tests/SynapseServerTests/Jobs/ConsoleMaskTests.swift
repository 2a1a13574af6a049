import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(1)))
struct ConsoleMaskTests {
    private static let config = #"{"name": "P", "code": "p", "actions": {"go": {"entrypoint": "main.py"}}}"#

    @Test func theTokenGoesAndNothingElseDoes() {
        let token = TokenMaker.random()
        let mask = ConsoleMask(digest: Authenticator.digest(token))
        let other = TokenMaker.random()
        for (text, expected) in [
            (token, "<redacted>"), ("a \(token) b", "a <redacted> b"), ("\(token)\(token)", "<redacted><redacted>"),
            ("sss\(token)é", "sss<redacted>é"), ("syn_\(token)", "syn_<redacted>"), (other, other), ("", ""),
            (String(token.dropLast()), String(token.dropLast())), ("é \(other) \(token)", "é \(other) <redacted>"),
        ] {
            #expect(mask.text(of: text) == expected)
        }
    }

    @Test func whatAJobPrintsAndReportsHoldsNoToken() async throws {
        let script = """
            import json, os, urllib.request
            token = os.environ["SYNAPSE_ACCESS_TOKEN"]
            print("mine is " + token, flush=True)
            url = os.environ["SYNAPSE_HOST"] + "/jobs/" + os.environ["SYNAPSE_JOB_ID"] + "/"
            headers = {"SYNAPSE-ACCESS-TOKEN": "Token " + token, "Content-Type": "application/json"}
            body = json.dumps({"console_logs": [{"message": "reported " + token}]}).encode()
            urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PATCH")).read()
            """
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let made = try await client.release(
                [("plugin", "p"), ("version", "1"), ("config", Self.config)],
                file: TestArchive.bytes(["main.py": script]))
            #expect(made.status == 201, "\(made.text)")
            let job = try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
            let log = try await client.get("/jobs/\(job)/tail_console_logs/").text
            #expect(Set(log.split(separator: "\n")) == ["mine is <redacted>", "reported <redacted>"])
        }
    }
}
