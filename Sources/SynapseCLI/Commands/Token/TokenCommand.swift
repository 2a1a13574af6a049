import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Access tokens: what programs sign in with.",
        subcommands: [TokenList.self, TokenCreate.self, TokenRevoke.self])
}

/// `synapse token list`.
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List access tokens that have not been revoked, without the tokens themselves.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllTokens(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listTokens(query))
            }
        }
    }
}

/// `synapse token create`.
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access token.",
        discussion: """
            The token is written to standard output this once, so that it can be kept in a file:

              synapse token create --description ci > token && chmod 600 token
            """)

    @Option(help: "What the token is for.")
    var description: String = ""

    @Option(help: "The id of the user whose rights it has; you unless given.")
    var user: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            let created = try await client.createToken(
                description: description, user: user.map { User.ID(rawValue: $0) })
            try created.withToken { token in
                switch output.output {
                case .table: try Terminal.write(token + "\n")
                case .json:
                    var writer = JSONWriter()
                    writer.object { writer in
                        created.details.writeFields(to: &writer)
                        writer.member("token", token)
                    }
                    try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
                }
            }
            Terminal.say("token \(created.details.id) was made; it is not shown again")
        }
    }
}

/// `synapse token revoke`.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End an access token at once.")

    @Argument(help: "The token's id, as 'synapse token list' shows it.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.withClient { try await $0.revokeToken(AccessToken.ID(rawValue: id)) }
        Terminal.say("token \(id) was revoked")
    }
}
