import SynapseModels

/// All that an executor needs to run a job's action.
///
/// Holds the job's token in ``environment``: never log it or print it whole.
struct JobRun: Sendable, CustomStringConvertible {
    /// The archive of the release: a ZIP file of this machine.
    struct Archive: Sendable, Equatable {
        /// Where it is; it stays there, whole, while the job is not final.
        var path: String
        var byteCount: Int64
        /// 32 hexadecimal digits.
        var md5: String
    }

    /// Of the job; lower case.
    var uuid: String
    var pluginCode: String
    var version: String
    var archive: Archive
    /// The configuration as the release was sent with it; the archive's own `config.yaml` may say more.
    var config: RawJSON
    var action: String
    var entrypoint: JobEntrypoint
    /// The parameters, a JSON object; short ones are in ``environment`` already, see ``parametersFile``.
    var parameters: String
    /// The name of the file in the working directory that the parameters must be written to, when they are too long for
    /// an environment variable; ``environment`` names it.
    var parametersFile: String?
    /// The variables that the program finds, on top of the few that every program needs (`PATH`, `HOME`, `LANG`).
    var environment: [String: String]
    /// Requirements of the release; those of the archive's `requirements.txt` come on top.
    var requirements: [String]
    /// What the archive's own configuration says.
    var settings = PluginSettings()

    /// `pip` or `uv`, as one of the configurations says.
    var packageManager: String? {
        let text = (try? config.row())?["package_manager"].flatMap { try? String(reading: $0) }
        return text == "uv" || text == "pip" ? text : settings.packageManager
    }

    var description: String { "JobRun(\(uuid) \(pluginCode)@\(version) \(action))" }
}

extension JobRun: CustomReflectable {
    /// Leaves out the environment, which holds the token.
    var customMirror: Mirror { Mirror(self, children: ["uuid": uuid, "action": action]) }
}

/// What of the archive a run begins with.
enum JobEntrypoint: Sendable, Equatable {
    /// A class of the Python SDK, as `package.module.Class`, which the SDK's own entry point runs.
    case action(String)
    /// A script of the archive, a path that ends in `.py`.
    case script(String)

    /// Reads `package.module.Class`, `package.module:Class` or `folder/script.py`; `nil` for what is neither.
    init?(_ text: String) {
        if text.hasSuffix(".py") {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("\0") }),
                !text.hasPrefix("-")
            else { return nil }
            self = .script(text)
            return
        }
        let dotted = text.replacing(":", with: ".", maxReplacements: 1)
        let parts = dotted.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1,
            parts.allSatisfy({ part in
                part.first.map { $0.isLetter || $0 == "_" } ?? false
                    && part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            })
        else { return nil }
        self = .action(dotted)
    }

    /// As the SDK's entry point reads it.
    var text: String {
        switch self {
        case .action(let text), .script(let text): text
        }
    }

    /// What to give to Python.
    var arguments: [String] {
        switch self {
        case .action: ["-u", "-c", Self.launcher]
        case .script(let path): ["-u", path]
        }
    }

    /// Runs the SDK's entry point, which takes classes that can be dispatched to; the SDK's template of a custom plugin is a
    /// function, so a function is given such a class.
    private static let launcher = #"""
        from synapse_sdk.plugins import entrypoint
        load = getattr(entrypoint, "_load_action_class", None)
        def load_any():
            found = load()
            if hasattr(found, "dispatch") or isinstance(found, type) or not callable(found):
                return found
            def dispatch(params, context):
                if not getattr(found, "_is_action", False):
                    return found(**params)
                model = getattr(found, "_action_params", None)
                return found(model.model_validate(params) if model else params, context)
            return type(getattr(found, "__name__", "Action"), (), {"dispatch": staticmethod(dispatch)})
        if load is not None:
            entrypoint._load_action_class = load_any
        entrypoint.main()
        """#
}
