public import SynapseModels

/// A plugin's `config.yaml`.
public struct PluginConfig: Sendable {
    /// One thing that the plugin does.
    public struct Action: Sendable {
        /// Its name.
        public var name: String
        /// Where its code is: `module.Class`, `module:Class`, or the path of a Python file.
        public var entrypoint: String?
        /// How it runs: `job`, `task`, `serve` or `restapi`.
        public var method: String

        /// Whether its code is a Python file that is run as it is.
        public var isScript: Bool { entrypoint?.hasSuffix(".py") ?? false }
    }

    /// The name that people see.
    public var name: String
    /// The name that programs use.
    public var code: String
    /// The version.
    public var version: String
    /// What it is for.
    public var category: String
    /// What it does, in the order of the file.
    public var actions: [Action]
    /// The whole document as JSON.
    public var document: JSONObject

    /// What goes to the backend: the keys that the Python SDK sends, in its order.
    public var wire: JSONValue {
        var result = JSONObject()
        result["name"] = .string(name)
        result["code"] = .string(code)
        result["version"] = .string(version)
        result["category"] = .string(category)
        result["description"] = document["description"] ?? .string("")
        result["readme"] = document["readme"] ?? .string("README.md")
        if let type = document["data_type"], !type.isNull { result["data_type"] = type }
        if case .array(let tasks)? = document["tasks"], !tasks.isEmpty { result["tasks"] = .array(tasks) }
        var wireActions = JSONObject()
        for action in actions {
            let source = document["actions"]?[action.name]?.objectValue ?? JSONObject()
            var target = JSONObject()
            target["entrypoint"] = .string(action.entrypoint ?? "")
            target["method"] = .string(action.method)
            for key in [
                "description", "input_type", "output_type", "hyperparameters", "result_schema", "serve_options",
            ] {
                guard let value = source[key], !value.isNull, value.stringValue != "" else { continue }
                target[key] = value
            }
            wireActions[action.name] = .object(target)
        }
        result["actions"] = .object(wireActions)
        return .object(result)
    }
}
