import SynapsePackaging

/// The example plugin that the demo publishes and runs: the program carries its files.
enum DigitClassifier {
    /// The plugin as it is published.
    static func package() throws -> PluginPackage {
        try PluginPackage.make(
            of: Dictionary(files.map { ($0.name, Array($0.text.description.utf8)) }) { first, _ in first })
    }
}
