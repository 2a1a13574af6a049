import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse task annotate`.
struct TaskAnnotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate", abstract: "Save or hand in the annotation data of a task, or of many.",
        discussion: """
            --batch takes a file with one JSON object a line: {"task": 1, "data": {...}}, with "action" and "schema" where \
            a line has its own. Each line has a result of its own; one that fails costs no other. Without data, \
            --action submit hands in the draft that is saved.
            """)

    @Argument(help: "The task's id.")
    var id: Int?

    @Option(help: "The annotation data: a JSON object, @FILE, or - for standard input.")
    var data: String?

    @Option(help: "Many annotations: a file with one JSON object a line, or - for standard input.")
    var batch: String?

    @Option(help: "Requests of a batch at a time, 1 to 64.")
    var concurrency: Int = 8

    @Option(help: "submit hands the data in, save keeps it as a draft; submit unless given.")
    var action: String?

    @Option(help: "The schema that the data follows: dm_schema_v1 or any.")
    var schema: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let action, !AnnotationAction(rawValue: action).isKnown {
            throw ValidationError("--action is submit or save, not '\(action)'")
        }
        if batch != nil {
            guard id == nil, data == nil else { throw ValidationError("--batch takes no id and no --data") }
        } else {
            guard id != nil, data != nil || action == AnnotationAction.submit.rawValue else {
                throw ValidationError("an id and --data (or --action submit) are needed, or --batch")
            }
        }
        guard (1...64).contains(concurrency) else {
            throw ValidationError("--concurrency is 1 to 64, not \(concurrency)")
        }
    }

    func run() async throws {
        let action = action.map { AnnotationAction(rawValue: $0) } ?? .submit
        let schema = schema.map { AnnotationSchema(rawValue: $0) }
        if let batch {
            let annotations = try AnnotationBatch(batch, action: action, schema: schema)
            return try await connection.withClient { client in
                try await annotations.run(client, concurrency: concurrency, output.output)
            }
        }
        guard let id else { throw UsageError("an id is needed, or --batch") }
        let value = try data.map { try JSONArgument.readObject($0, option: "--data") }
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.annotateTaskData(
                    AnnotationTask.ID(rawValue: id), data: value, action: action, schema: schema))
        }
    }
}
