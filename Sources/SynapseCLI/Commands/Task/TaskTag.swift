import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse task tag`.
struct TaskTagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put tags on tasks, or take them off; or list and make tags.",
        subcommands: [TaskTagSet.self, TaskTagList.self, TaskTagCreateCommand.self], defaultSubcommand: TaskTagSet.self)
}

/// `synapse task tag set`.
struct TaskTagSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Put tags on tasks, or take them off.")

    @Argument(help: "The ids of the tasks.")
    var tasks: [Int]

    @Option(name: .customLong("tag"), help: "The id of a tag. May be repeated.")
    var tags: [Int]

    @Flag(help: "Take the tags off.")
    var remove = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.withClient { client in
            try await client.setTagsTasks(
                tasks.map { AnnotationTask.ID(rawValue: $0) }, tags: tags.map { TaskTag.ID(rawValue: $0) },
                action: remove ? .remove : .add)
        }
        Terminal.say("\(tasks.count) tasks \(remove ? "untagged" : "tagged")")
    }
}

/// `synapse task tag list`.
struct TaskTagList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List task tags.")

    @Option(help: "Only the tags of this project.")
    var project: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var query = try list.query()
        if let project { query.parameters.append(QueryItem("project", project)) }
        let complete = query
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.listTaskTags(complete))
        }
    }
}

/// `synapse task tag create`.
struct TaskTagCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a task tag.")

    @Option(help: "The id of the project.")
    var project: Int

    @Option(help: "The name, at most 100 characters.")
    var name: String

    @Option(help: "export or project.")
    var category: String = "project"

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = TaskTagCreate(
            project: Project.ID(rawValue: project), name: name, category: TagCategory(rawValue: category))
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createTaskTag(body))
        }
    }
}
