import ArgumentParser
import SynapseClient
import SynapseModels

/// Which assignments a list command shows.
struct AssignmentFilterOptions: ParsableArguments {
    @Option(help: "Only the assignments of this project.")
    var project: Int?

    @Option(name: .customLong("task"), help: "Only the assignments of this task. May be repeated.")
    var tasks: [Int] = []

    @Option(name: .customLong("user"), help: "Only the assignments of this worker. May be repeated.")
    var users: [Int] = []

    @Option(name: .customLong("reviewer"), help: "Only the assignments of this reviewer. May be repeated.")
    var reviewers: [Int] = []

    @Option(help: "Only assignments whose label is stand_by, in_progress, completed or skipped. May be repeated.")
    var label: [String] = []

    @Option(
        help: "Only assignments whose review is stand_by, in_progress, completed, rejected or skipped. May be repeated."
    )
    var review: [String] = []

    func query(_ list: ListOptions) throws -> AssignmentQuery {
        AssignmentQuery(
            project: project.map { Project.ID(rawValue: $0) }, tasks: tasks.map { AnnotationTask.ID(rawValue: $0) },
            users: users.map { User.ID(rawValue: $0) }, reviewers: reviewers.map { User.ID(rawValue: $0) },
            statusLabel: label.map { LabelStatus(rawValue: $0) },
            statusReview: review.map { ReviewStatus(rawValue: $0) },
            list: try list.query())
    }
}

/// `synapse assignment list`.
struct AssignmentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List assignments.")

    @OptionGroup var filters: AssignmentFilterOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try filters.query(list)
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllAssignments(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listAssignments(query))
            }
        }
    }
}

/// `synapse assignment data`.
struct AssignmentDataList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "List the annotation data of assignments.")

    @Flag(help: "Show addresses that lead to the data without a token, for a while.")
    var presigned = false

    @OptionGroup var filters: AssignmentFilterOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try filters.query(list)
        let mode: ResponseMode? = presigned ? .presigned : nil
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll {
                    client.listAllAssignmentsData(query, responseMode: mode, options: $0)
                }
            } else {
                try ResultPrinter(output).print(try await client.listAssignmentsData(query, responseMode: mode))
            }
        }
    }
}

/// `synapse assignment files`.
struct AssignmentFilesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "List the files that assignments are about.")

    @OptionGroup var filters: AssignmentFilterOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try filters.query(list)
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllAssignmentsFiles(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listAssignmentsFiles(query))
            }
        }
    }
}

/// `synapse assignment get`.
struct AssignmentGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one assignment.")

    @Argument(help: "The assignment's id.")
    var id: Int

    @Option(help: "A relation to expand, such as task or task.data_unit. May be repeated.")
    var expand: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getAssignment(Assignment.ID(rawValue: id), expand: expand))
        }
    }
}
