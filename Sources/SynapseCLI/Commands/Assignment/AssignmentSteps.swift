import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse assignment create`.
struct AssignmentCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Give tasks to a worker.")

    @Option(name: .customLong("task"), help: "The id of a task. May be repeated.")
    var tasks: [Int]

    @Option(help: "The id of the user who labels.")
    var user: Int

    @Option(help: "The id of the user who reviews; without one, whoever reviews first.")
    var reviewer: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let bodies = tasks.map { task in
            AssignmentCreate(
                task: AnnotationTask.ID(rawValue: task), user: User.ID(rawValue: user),
                reviewer: reviewer.map { User.ID(rawValue: $0) })
        }
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createAssignments(bodies))
        }
    }
}

/// `synapse assignment tag`.
struct AssignmentTagSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put tags on assignments, or take them off.")

    @Argument(help: "The ids of the assignments.")
    var assignments: [Int]

    @Option(name: .customLong("tag"), help: "The id of a task tag. May be repeated.")
    var tags: [Int]

    @Flag(help: "Take the tags off.")
    var remove = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.withClient { client in
            try await client.setTagsAssignments(
                assignments.map { Assignment.ID(rawValue: $0) }, tags: tags.map { TaskTag.ID(rawValue: $0) },
                action: remove ? .remove : .add)
        }
        Terminal.say("\(assignments.count) assignments \(remove ? "untagged" : "tagged")")
    }
}

/// `synapse assignment submit`.
struct AssignmentSubmit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Hand in, save or pass over an assignment, as its worker.")

    @Argument(help: "The assignment's id.")
    var id: Int

    @Option(
        help: "The annotation data: a JSON object, @FILE, or - for standard input. Without it, what was saved stays.")
    var data: String?

    @Option(help: "submit hands the data in, save keeps it as a draft, skip passes over the task.")
    var action: String = "submit"

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard AssignmentAction(rawValue: action).isKnown else {
            throw ValidationError("--action is submit, save or skip, not '\(action)'")
        }
    }

    func run() async throws {
        let value = try data.map { try JSONArgument.read($0, option: "--data") }
        if let value, value.objectValue == nil { throw UsageError("--data must be a JSON object") }
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.annotateAssignmentData(
                    Assignment.ID(rawValue: id), data: value, action: AssignmentAction(rawValue: action)))
        }
    }
}

/// `synapse assignment review`.
struct AssignmentReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Review an assignment: start, complete, reject or skip.")

    @Argument(help: "The assignment's id.")
    var id: Int

    @Argument(help: "start begins, complete finds it good, reject sends it back to the worker, skip passes over it.")
    var action: String

    @Option(help: "What the worker should know.")
    var description: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard ReviewAction(rawValue: action).isKnown else {
            throw ValidationError("the review is start, complete, reject or skip, not '\(action)'")
        }
    }

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.reviewAssignment(
                    Assignment.ID(rawValue: id), action: ReviewAction(rawValue: action), description: description))
        }
    }
}

/// `synapse assignment confirm`.
struct AssignmentConfirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Accept the result of an assignment: its data becomes the task's.")

    @Argument(help: "The assignment's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.confirmAssignment(Assignment.ID(rawValue: id)))
        }
    }
}

/// `synapse assignment discard`.
struct AssignmentDiscard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Say that the task of an assignment is of no use.")

    @Argument(help: "The assignment's id.")
    var id: Int

    @Flag(help: "Accept what the worker said.")
    var confirm = false

    @Flag(help: "Take it back.")
    var undo = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if confirm, undo { throw ValidationError("--confirm and --undo exclude each other") }
    }

    func run() async throws {
        let assignment = Assignment.ID(rawValue: id)
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                confirm
                    ? try await client.confirmAssignmentDiscard(assignment)
                    : try await client.discardAssignment(assignment, isDiscarded: !undo))
        }
    }
}
