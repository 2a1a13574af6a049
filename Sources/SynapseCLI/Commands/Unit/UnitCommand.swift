import ArgumentParser

/// `synapse unit`.
struct UnitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit", abstract: "Data units: files that belong together and are annotated as one.",
        subcommands: [UnitList.self, UnitGet.self, UnitCreate.self])
}
