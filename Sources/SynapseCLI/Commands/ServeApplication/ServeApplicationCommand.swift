import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse serve-application`.
struct ServeApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-application", abstract: "Applications that jobs serve.",
        subcommands: [
            ServeApplicationList.self, ServeApplicationGet.self, ServeApplicationCreateCommand.self,
            ServeApplicationUpdateCommand.self,
        ])
}

/// `synapse serve-application list`.
struct ServeApplicationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List serve applications.")

    @Option(help: "Only those of the plugin with this code.")
    var plugin: String?

    @Option(help: "Only those on the agent with this id.")
    var agent: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = ServeApplicationQuery(
            pluginCode: plugin, agent: agent.map { Agent.ID(rawValue: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllServeApplications(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listServeApplications(query))
            }
        }
    }
}

/// `synapse serve-application get`.
struct ServeApplicationGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one serve application.")

    @Argument(help: "The application's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.getServeApplication(ServeApplication.ID(rawValue: id)))
        }
    }
}

/// `synapse serve-application create`.
struct ServeApplicationCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make known an application that a job serves.")

    @Option(help: "The id of the job.")
    var job: String

    @Option(help: "What has become of it, such as running or deploying.")
    var status: String?

    @Option(help: "What the deployment says about itself: JSON, @FILE, or - for standard input.")
    var data: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = ServeApplicationCreate(
            job: Job.ID(rawValue: job), status: status.map { ServeStatus(rawValue: $0.uppercased()) },
            data: try data.map { try JSONArgument.readObject($0, option: "--data") })
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createServeApplication(body))
        }
    }
}

/// `synapse serve-application update`.
struct ServeApplicationUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Say what has become of an application.")

    @Argument(help: "The application's id.")
    var id: Int

    @Option(help: "What has become of it, such as running or unhealthy.")
    var status: String?

    @Option(help: "What the deployment says about itself: JSON, @FILE, or - for standard input.")
    var data: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if status == nil, data == nil { throw ValidationError("either --status or --data is needed") }
    }

    func run() async throws {
        let update = ServeApplicationUpdate(
            status: status.map { ServeStatus(rawValue: $0.uppercased()) },
            data: try data.map { try JSONArgument.readObject($0, option: "--data") })
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.updateServeApplication(ServeApplication.ID(rawValue: id), update))
        }
    }
}
