import ArgumentParser

/// How results are printed.
struct OutputOptions: ParsableArguments {
    /// The forms of output.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @Option(
        name: .shortAndLong,
        help: "table for people; json for scripts: one document, or one object a line where all rows are asked for.")
    var output: Format = .table
}
