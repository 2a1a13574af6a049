import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse task data`.
struct TaskDataList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "data", abstract: "List the annotation data of tasks.")

    @Option(help: "Only the tasks of this project.")
    var project: Int?

    @Flag(help: "Show addresses that lead to the data without a token, for a while.")
    var presigned = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = TaskQuery(project: project.map { Project.ID(rawValue: $0) }, list: try list.query())
        let mode: ResponseMode? = presigned ? .presigned : nil
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll {
                    client.listAllTasksData(query, responseMode: mode, options: $0)
                }
            } else {
                try ResultPrinter(output).print(try await client.listTasksData(query, responseMode: mode))
            }
        }
    }
}

/// `synapse task files`.
struct TaskFilesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "List the files that tasks are about.")

    @Option(help: "Only the tasks of this project.")
    var project: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = TaskQuery(project: project.map { Project.ID(rawValue: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllTasksFiles(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listTasksFiles(query))
            }
        }
    }
}
