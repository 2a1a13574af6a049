import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse login`.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in to a backend and keep the credentials for later commands.",
        discussion: """
            With --email, the password is asked for without being shown, or read from the first line of standard \
            input. With --token-file, an access token is kept instead. The credentials go to ~/.synapse/config.json, \
            which only you can read; the Python command line reads the same file. It works with access tokens alone, so \
            --email makes one beside the session, and 'synapse logout' ends both.
            """)

    @Option(help: "The address that you sign in with.")
    var email: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (email == nil) != (connection.tokenFile == nil) else {
            throw ValidationError("either --email or --token-file is needed")
        }
    }

    func run() async throws {
        var configuration = try connection.configuration()
        let tenant = connection.tenant
        configuration.credentials.tenant = tenant
        var profile = try Profile.load(.current)
        profile.host = configuration.baseURL
        if let email {
            let password = try PasswordInput.read(prompt: "Password of \(Terminal.printable(email)): ")
            configuration.credentials = .init()
            let token = try await withBackendClient(configuration, logger: ProgramLog.client) { client in
                try await client.login(email: email, password: password)
            }
            configuration.credentials = .init(authorizationToken: token, tenant: tenant)
        }
        let (user, others) = try await withBackendClient(configuration, logger: ProgramLog.client) { client in
            let user = try await client.getCurrentUser()
            let tenants = email == nil ? [] : try await client.listTenants().results
            return (user, tenants.compactMap(\.code).filter { $0 != user.tenant })
        }
        profile.userToken = configuration.credentials.authorizationToken?.value
        profile.accessTokenID = nil
        if email != nil {
            configuration.credentials.tenant = user.tenant ?? tenant
            try await makeToken(configuration, &profile)
        } else {
            profile.accessToken = configuration.credentials.accessToken?.value
        }
        profile.tenant = user.tenant ?? tenant
        let path = try profile.save(.current)
        try ResultPrinter(output).print(user)
        Terminal.say("signed in; the credentials are in \(path)")
        if !others.isEmpty, tenant == nil {
            let names = others.map(Terminal.printable).joined(separator: ", ")
            Terminal.say(
                "the tenant is \(Terminal.printable(user.tenant ?? "-")); choose another with --tenant: \(names)")
        }
    }

    /// Makes an access token for programs that know no sessions; a backend without such tokens does without.
    private func makeToken(_ configuration: ClientConfiguration, _ profile: inout Profile) async throws {
        profile.accessToken = nil
        do {
            let created = try await withBackendClient(configuration, logger: ProgramLog.client) { client in
                try await client.createToken(description: "synapse login")
            }
            profile.accessToken = created.token.value
            profile.accessTokenID = created.details.id.rawValue
        } catch let error as ClientError {
            Terminal.say("no access token was made, so the Python command line can't use this: \(error)")
        }
    }
}

/// `synapse logout`.
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the session and forget the credentials that 'synapse login' kept.",
        discussion: """
            The access token that 'synapse login --email' made ends with the session. Another one is forgotten here but \
            goes on; end it with 'synapse token revoke'.
            """)

    func run() async throws {
        var profile = try Profile.load(.current)
        guard profile.userToken != nil || profile.accessToken != nil else {
            Terminal.say("nobody is signed in")
            return
        }
        var problem: String?
        if let token = profile.userToken, let host = profile.host {
            var configuration = ClientConfiguration(baseURL: host)
            configuration.credentials = .init(authorizationToken: Secret(token), tenant: profile.tenant)
            do {
                let made = profile.accessTokenID.map { AccessToken.ID(rawValue: $0) }
                try await withBackendClient(configuration, logger: ProgramLog.client) { client in
                    if let made { try? await client.revokeToken(made) }
                    try await client.logout()
                }
            } catch let error as ClientError where error.code == .notSignedIn {
                // It had ended already.
            } catch let error as ClientError {
                problem = "\(error)"
            }
        }
        (profile.userToken, profile.accessToken, profile.accessTokenID, profile.tenant) = (nil, nil, nil, nil)
        try profile.save(.current)
        Terminal.say("signed out")
        if let problem { Terminal.say("the backend was not told, so the session lasts until it expires: \(problem)") }
    }
}

/// `synapse whoami`.
struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show whom the credentials belong to, and in which tenant.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getCurrentUser())
        }
    }
}
