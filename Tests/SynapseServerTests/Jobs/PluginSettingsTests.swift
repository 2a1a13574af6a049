import Testing

@testable import SynapseServer

struct PluginSettingsTests {
    @Test func whatTheConfigurationSaysIsReadAlsoThroughAnchorsAndMergeKeys() throws {
        let settings = try PluginSettings(
            yaml: """
                name: a
                needs: &needs
                  python: "~=3.10"
                requires: # of the cluster
                  <<: *needs
                  sdk: ">=1"
                shared: &shared {A: "1", B: two words}
                env:
                  <<: *shared
                  NUMBER: 010
                  NOTHING:
                  LIST: [1]
                runtime_env: {env_vars: {C: "3"}}
                package_manager: uv
                package_manager_options: [--pre, --index-url x]
                wheels_dir: ./libs/wheels/
                """)
        #expect(settings.python == "~=3.10")
        #expect(settings.environment == ["A": "1", "B": "two words", "NUMBER": "010", "C": "3"])
        #expect(settings.packageManager == "uv" && settings.installerOptions == ["--pre", "--index-url x"])
        #expect(settings.wheelsFolder == "libs/wheels")
        #expect(try PluginSettings(yaml: "") == PluginSettings())
        #expect(try PluginSettings(yaml: "[1]") == PluginSettings())
    }

    @Test func mergesThatMultiplyOrNestAreBounded() throws {
        var text = "m0: &m0 {python: \"3\"}\n"
        for level in 1...5000 { text += "m\(level): &m\(level) {<<: [*m\(level - 1), *m\(level - 1)]}\n" }
        #expect(try PluginSettings(yaml: text + "requires: {<<: *m5000}\n").python == nil)
        #expect(try PluginSettings(yaml: text + "requires: {<<: *m3}\n").python == "3")
    }

    @Test(arguments: ["name: [", "wheels_dir: ../..", "wheels_dir: /usr", "a: *nowhere"])
    func whatCannotBeUsedIsRefused(yaml: String) {
        let error = #expect(throws: JobExecutorError.self) { try PluginSettings(yaml: yaml) }
        #expect(error?.code == .refused)
    }
}
