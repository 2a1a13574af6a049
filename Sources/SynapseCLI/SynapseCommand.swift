import ArgumentParser

/// The root command: `synapse <noun> <verb>`.
struct SynapseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synapse",
        abstract: "Collect data, have it annotated, and work with the result: on this machine or on a hosted Synapse.",
        discussion: """
            A first look, without an account or a network:

              synapse demo

            Where the backend is comes from --url, else SYNAPSE_HOST, else ~/.synapse/config.json. Tokens come from \
            --token-file, else SYNAPSE_ACCESS_TOKEN, else that file; never from an argument.

            Exit codes: 0 done, 1 failed, 2 some items failed, 3 not signed in or not allowed, 4 not found, \
            5 the server could not be reached, 64 wrong usage, 130 interrupted, 141 the reader of the output has gone.
            """,
        version: "synapse \(SynapseVersion.current)",
        subcommands: [
            DemoCommand.self, ServeCommand.self, UploadCommand.self, FileCommand.self, UploadSessionCommand.self,
            ProjectCommand.self, CollectionCommand.self, UnitCommand.self, TaskCommand.self, AssignmentCommand.self,
            AgentCommand.self, PluginCommand.self, StorageCommand.self,
            JobCommand.self, ServeApplicationCommand.self,
            ModelCommand.self, GroundTruthCommand.self,
            LoginCommand.self, LogoutCommand.self, WhoamiCommand.self, TokenCommand.self, UserCommand.self,
            TenantCommand.self,
        ]
    )
}

/// The version of the product.
enum SynapseVersion {
    static let current = "0.1.0"
}
