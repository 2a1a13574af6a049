import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse ground-truth`.
struct GroundTruthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ground-truth", abstract: "Ground truth: what is held to be right, and versions that freeze it.",
        subcommands: [
            GroundTruthList.self, GroundTruthEvents.self, GroundTruthCreateCommand.self,
            GroundTruthDatasetCommand.self, GroundTruthVersionCommand.self,
        ])
}

/// Which ground truths, or events of them.
struct GroundTruthFilterOptions: ParsableArguments {
    @Option(help: "Only this dataset. May be repeated.")
    var dataset: [Int] = []

    @Option(
        name: [.customLong("version-id"), .customLong("version")],
        help: "Only what this version froze. May be repeated.")
    var versions: [Int] = []

    @Option(help: "Only train, validation or test. May be repeated.")
    var category: [String] = []

    @Option(name: .customLong("class"), help: "Only those in which this class occurs. May be repeated.")
    var classes: [String] = []

    @Option(help: "Only those that were taken from this task.")
    var task: Int?

    func query(_ list: ListQuery) -> GroundTruthQuery {
        GroundTruthQuery(
            groundTruthDatasets: dataset.map { .init(rawValue: $0) },
            groundTruthDatasetVersions: versions.map { .init(rawValue: $0) },
            categories: category.map { GroundTruthCategory(rawValue: $0) }, classes: classes,
            task: task.map { AnnotationTask.ID(rawValue: $0) }, list: list)
    }
}

/// `synapse ground-truth list`.
struct GroundTruthList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List ground truths, as they are or as versions froze them.")

    @OptionGroup var filters: GroundTruthFilterOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = filters.query(try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllGroundTruths(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listGroundTruths(query))
            }
        }
    }
}

/// `synapse ground-truth events`.
struct GroundTruthEvents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "List what happened to ground truths.")

    @Option(help: "Only the events of this ground truth.")
    var groundTruth: Int?

    @Flag(help: "The data alone.")
    var data = false

    @Flag(help: "The files alone.")
    var files = false

    @OptionGroup var filters: GroundTruthFilterOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if data, files { throw ValidationError("--data and --files exclude each other") }
    }

    func run() async throws {
        var complete = GroundTruthEventQuery(groundTruth: groundTruth.map { GroundTruth.ID(rawValue: $0) })
        complete.groundTruths = filters.query(try list.query())
        let query = complete
        try await connection.withClient { client in
            let printer = ResultPrinter(output)
            if list.all {
                try await printer.printAll { options in
                    if data { return client.listAllGroundTruthEventsData(query, options: options) }
                    if files { return client.listAllGroundTruthEventsFiles(query, options: options) }
                    return client.listAllGroundTruthEvents(query, options: options)
                }
            } else if data {
                try printer.print(try await client.listGroundTruthEventsData(query))
            } else if files {
                try printer.print(try await client.listGroundTruthEventsFiles(query))
            } else {
                try printer.print(try await client.listGroundTruthEvents(query))
            }
        }
    }
}

/// `synapse ground-truth create`.
struct GroundTruthCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Take finished work into a dataset, or data for a unit.",
        discussion: "A unit has one ground truth in a dataset; taking it again changes it, and the change is kept.")

    @Option(help: "The id of the dataset.")
    var dataset: Int

    @Option(name: .customLong("task"), help: "The id of a task that was handed in. May be repeated.")
    var tasks: [Int] = []

    @Option(name: .customLong("assignment"), help: "The id of a finished assignment. May be repeated.")
    var assignments: [Int] = []

    @Option(help: "The id of a data unit; --data says what is right for it.")
    var unit: Int?

    @Option(help: "What is right for the unit: a JSON object, @FILE, or - for standard input.")
    var data: String?

    @Option(help: "train, validation or test; what is there already stays unless given.")
    var category: String?

    @Option(name: .customLong("class"), help: "A class that occurs; read from the data unless given. May be repeated.")
    var classes: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let kinds = [!tasks.isEmpty, !assignments.isEmpty, unit != nil].filter { $0 }.count
        guard kinds == 1 else { throw ValidationError("one of --task, --assignment and --unit is needed") }
        guard (unit == nil) == (data == nil) else { throw ValidationError("--unit and --data belong together") }
        if let category, !GroundTruthCategory(rawValue: category).isKnown {
            throw ValidationError("--category is train, validation or test, not '\(category)'")
        }
    }

    func run() async throws {
        let base = GroundTruthCreate(
            groundTruthDataset: GroundTruthDataset.ID(rawValue: dataset),
            dataUnit: unit.map { DataUnit.ID(rawValue: $0) },
            category: category.map { GroundTruthCategory(rawValue: $0) },
            data: try data.map { try JSONArgument.readObject($0, option: "--data") },
            classes: classes.isEmpty ? nil : classes
        )
        var bodies: [GroundTruthCreate] = unit == nil ? [] : [base]
        for task in tasks {
            var body = base
            body.task = AnnotationTask.ID(rawValue: task)
            bodies.append(body)
        }
        for assignment in assignments {
            var body = base
            body.assignment = assignment
            bodies.append(body)
        }
        let all = bodies
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createGroundTruths(all))
        }
    }
}
