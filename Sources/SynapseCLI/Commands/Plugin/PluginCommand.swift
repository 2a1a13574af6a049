import ArgumentParser

/// `synapse plugin`.
struct PluginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Plugins: code that exports, uploads, trains or annotates.",
        subcommands: [
            PluginInit.self, PluginPublish.self, PluginPackageCommand.self,
            PluginList.self, PluginGet.self, PluginCreateCommand.self, PluginUpdateCommand.self,
            PluginReleaseCommand.self, PluginRunCommand.self,
        ])
}
