/// The folder for what programs keep between runs.
package enum StateFolder {
    /// `$SYNAPSE_STATE_DIR`, else the user's own by the XDG Base Directory Specification, or by Apple's rules there.
    ///
    /// Relative paths in the variables are ignored, as that specification asks; `nil` without a home folder.
    package static func path(_ environment: [String: String]) -> String? {
        func folder(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        if let own = folder("SYNAPSE_STATE_DIR") { return own }
        #if canImport(Darwin)
        return folder("HOME").map { $0 + "/Library/Application Support/synapse" }
        #else
        if let state = folder("XDG_STATE_HOME") { return state + "/synapse" }
        return folder("HOME").map { $0 + "/.local/state/synapse" }
        #endif
    }
}
