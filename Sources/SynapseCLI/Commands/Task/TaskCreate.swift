import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse task create`.
struct TaskCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a task for each of the named data units.")

    @Option(help: "The id of the project.")
    var project: Int

    @Option(name: .customLong("unit"), help: "The id of a data unit. May be repeated.")
    var units: [Int]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            let created = try await client.createTasks(
                project: Project.ID(rawValue: project), dataUnits: units.map { DataUnit.ID(rawValue: $0) })
            try ResultPrinter(output).print(created.tasks)
        }
    }
}
