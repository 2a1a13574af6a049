import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse user`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users: the people who sign in.",
        subcommands: [UserList.self, UserCreateCommand.self, UserPassword.self])
}

/// `synapse user list`.
struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users who are members of the tenant.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllUsers(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listUsers(query))
            }
        }
    }
}

/// `synapse user create`.
struct UserCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a user who is a member of the tenant.",
        discussion: "The password is asked for without being shown, or read from the first line of standard input.")

    @Option(help: "The address that the user signs in with.")
    var email: String

    @Option(help: "The name that people see.")
    var name: String?

    @Option(help: "owner, admin, member or guest.")
    var role: String = "member"

    @Flag(help: "Make the user without a password: nobody can sign in as this user until one is set.")
    var withoutPassword = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard MemberRole(rawValue: role).isKnown else {
            throw ValidationError("--role is owner, admin, member or guest, not '\(role)'")
        }
    }

    func run() async throws {
        let password =
            withoutPassword
            ? nil : try PasswordInput.readNew(prompt: "Password for \(Terminal.printable(email)): ")
        let body = UserCreate(email: email, password: password, name: name, role: MemberRole(rawValue: role))
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createUser(body))
        }
    }
}

/// `synapse user password`.
struct UserPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set a password: your own, or another user's as administrator.",
        discussion: """
            Your own needs the old password first; --first says that there is none yet. Passwords are asked for without being shown, or \
            read from standard input, one a line. Sessions of the user end, but the one that is used for this.
            """)

    @Argument(help: "The id of another user.")
    var id: Int?

    @Flag(help: "There is no old password yet.")
    var first = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let current = id == nil && !first ? try PasswordInput.read(prompt: "Old password: ") : nil
        let password = try PasswordInput.readNew(prompt: "New password: ")
        try await connection.withClient { client in
            if let id {
                _ = try await client.setPassword(password, of: User.ID(rawValue: id))
            } else {
                _ = try await client.setPassword(password, current: current)
            }
        }
        Terminal.say("the password is set")
    }
}
