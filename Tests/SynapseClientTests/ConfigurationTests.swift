#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseClient
import SynapseTestSupport
import Testing

/// Where settings come from, and that tokens stay where they are.
@Suite struct ConfigurationTests {
    @Test
    func `What is set wins over the environment`() {
        let environment = ["SYNAPSE_ACCESS_TOKEN": "env", "SYNAPSE_TENANT": "env", "SYNAPSE_AGENT_TOKEN": " "]
        var configuration = ClientConfiguration(baseURL: "http://a")
        configuration.credentials.tenant = "argument"
        let filled = configuration.filled(from: environment)
        #expect(filled.credentials.accessToken == Secret("env"))
        #expect(filled.credentials.tenant == "argument")
        #expect(filled.credentials.agentToken == nil)
    }

    @Test
    func `The environment needs an address`() throws {
        #expect(throws: ClientError.self) { try ClientConfiguration.fromEnvironment([:]) }
        #expect(try ClientConfiguration.fromEnvironment(["SYNAPSE_HOST": "http://a"]).baseURL == "http://a")
    }

    @Test(arguments: [
        "", "api.synapse.sh", "ftp://a", "http://", "http://user:geheim@a", "http://a:99999", "http://a?x=1",
    ])
    func `A base URL that is none is an error that does not repeat it`(url: String) async throws {
        let error = try #require(await failure { _ = try BackendClient(baseURL: url) })
        #expect(error.code == .invalidConfiguration)
        #expect(!error.description.contains("geheim"))
    }

    @Test(arguments: ["http://backend", "http://backend/", "http://backend/api/", "HTTP://Backend:80/api"])
    func `Paths are joined below the base`(url: String) async throws {
        let transport = ScriptedTransport { _ in .json(#"{"id":1}"#) }
        _ = try await makeClient(baseURL: url, transport: transport).getProject(1)
        #expect(transport.requests[0].origin == "http://backend")
        #expect(transport.requests[0].target == (url.contains("api") ? "/api/projects/1/" : "/projects/1/"))
    }

    @Test
    func `A secret shows itself nowhere`() {
        let configuration = ClientConfiguration(baseURL: "http://a", credentials: .init(accessToken: "geheim-123"))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", String(reflecting: configuration), "\(Secret("geheim-123"))"] {
            #expect(!text.contains("geheim"))
        }
    }

    @Test
    func `The scoped form shuts down on every exit`() async throws {
        let transport = ScriptedTransport { _ in .json(#"{"id":1}"#) }
        let client = try makeClient(transport: transport)
        await client.shutdown()
        #expect(transport.isClosed)
        let closed = try BackendClient(configuration: .init(baseURL: "http://127.0.0.1:1"), logger: .silent)
        await closed.shutdown()
        await closed.shutdown()
        let error = try #require(await failure { _ = try await closed.getProject(1) })
        #expect(error.code == .clientClosed)
    }

    @Test(arguments: [
        ("a.jpg", "a.jpg"), ("사진 1.jpg", "사진 1.jpg"), ("a\"b.jpg", "a%22b.jpg"), ("a\r\nb", "a%0D%0Ab"),
        ("a\\b", "a\\b"),
    ])
    func `File names are quoted as the wire has it`(name: String, quoted: String) async throws {
        #expect(MultipartForm.quote(name) == quoted)
    }

    @Test(
        arguments: [
            ("7", Duration.seconds(7)), ("0", .zero), ("0.5", .milliseconds(500)), ("-1", nil), ("soon", nil),
            ("Thu, 01 Jan 1970 00:16:40 GMT", .seconds(400)), ("Thu, 01 Jan 1970 00:00:00 GMT", .zero),
            ("Sun, 9223372036854775807 Nov 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 9223372036854775807:0:0 GMT", nil),
            ("Sun, 06 Nov 1994 08:60:00 GMT", nil), ("Sun, 0 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Duration?)])
    func `Retry-After is seconds or a date`(text: String, duration: Duration?) {
        #expect(RetryAfter.parse(text, now: .init(timeIntervalSince1970: 600)) == duration)
    }
}
