import ArgumentParser
import SynapseClient
import SynapseModels

/// Where the backend is and who is calling: flags, then environment, then the profile file.
struct ConnectionOptions: ParsableArguments {
    @Option(name: .long, help: "The backend's URL, such as http://127.0.0.1:8000. Else SYNAPSE_HOST.")
    var url: String?

    @Option(
        name: .long,
        help: "A file whose first line is the access token, or - for standard input. Else SYNAPSE_ACCESS_TOKEN.")
    var tokenFile: String?

    @Option(name: .long, help: "The tenant's code. Else SYNAPSE_TENANT.")
    var tenant: String?

    @Option(name: .long, help: "Seconds of silence of the server before trying again, 15 unless given.")
    var timeout: Double?

    @Option(name: .long, help: "Seconds for a whole call with its repeats and waits, 300 unless given.")
    var deadline: Double?

    /// Runs `body` with a client that is shut down on every way out.
    func withClient<Result: Sendable>(
        change: (inout ClientConfiguration) -> Void = { _ in }, _ body: (BackendClient) async throws -> Result
    ) async throws -> Result {
        try await Self.withClient(try configuration(), change: change, body)
    }

    /// Runs `body` with a client of settings that were merged before: a token on standard input can be read once.
    static func withClient<Result: Sendable>(
        _ settings: ClientConfiguration, change: (inout ClientConfiguration) -> Void = { _ in },
        _ body: (BackendClient) async throws -> Result
    ) async throws -> Result {
        var configuration = settings
        change(&configuration)
        return try await withBackendClient(configuration, logger: ProgramLog.client, body)
    }

    /// The merged settings.
    ///
    /// - Throws: ``UsageError`` when no backend is named: a token must not go to a host that nobody chose.
    func configuration(_ environment: ProgramEnvironment = .current) throws -> ClientConfiguration {
        // A damaged file is no obstacle to a command that is told where to go and who calls.
        let isTold =
            (url ?? environment["SYNAPSE_HOST"]) != nil && (tokenFile ?? environment["SYNAPSE_ACCESS_TOKEN"]) != nil
        let profile = try isTold ? (try? Profile.load(environment)) ?? Profile() : Profile.load(environment)
        guard let url = url ?? environment["SYNAPSE_HOST"] ?? profile.host else {
            throw UsageError(
                "no backend is named: pass --url, or set SYNAPSE_HOST, or run 'synapse demo' for one on this machine")
        }
        var credentials = ClientConfiguration.Credentials()
        if let tokenFile {
            credentials.accessToken = Secret(try TokenFile.read(tokenFile))
        } else if let token = environment["SYNAPSE_ACCESS_TOKEN"] {
            credentials.accessToken = Secret(token)
        } else {
            // An access token is of one tenant; a session is of all tenants of its user.
            let chosen = tenant ?? environment["SYNAPSE_TENANT"]
            let isElsewhere = chosen != nil && chosen != profile.tenant && profile.userToken != nil
            credentials.accessToken = isElsewhere ? nil : profile.accessToken.map { Secret($0) }
            credentials.authorizationToken = profile.userToken.map { Secret($0) }
        }
        credentials.tenant = tenant ?? environment["SYNAPSE_TENANT"] ?? profile.tenant
        credentials.agentToken = environment["SYNAPSE_AGENT_TOKEN"].map { Secret($0) }
        var configuration = ClientConfiguration(baseURL: url, credentials: credentials)
        if let timeout { configuration.timeouts.read = .seconds(timeout) }
        if let deadline { configuration.timeouts.call = .seconds(deadline) }
        return configuration
    }

    func validate() throws {
        for (name, seconds) in [("--timeout", timeout), ("--deadline", deadline)] {
            if let seconds, !(seconds > 0 && seconds <= 86_400) {
                throw ValidationError("\(name) is above 0 and at most 86400 seconds, not \(seconds)")
            }
        }
    }
}
