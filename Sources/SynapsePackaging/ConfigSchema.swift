/// What a plugin's configuration may say.
///
/// Source: docs/wire-protocol.md, "Plugin configuration".
enum ConfigSchema {
    indirect enum Kind: Sendable {
        case text
        case choice([String])
        case list(Kind)
        case object
        /// A mapping with these keys.
        case members([String: Kind])
    }

    static let categories = [
        "neural_net", "export", "upload", "smart_tool", "post_annotation", "pre_annotation", "data_validation",
        "custom",
    ]
    static let dataTypes = ["image", "text", "video", "pcd", "audio", "data"]
    static let methods = ["job", "task", "serve", "restapi"]

    private static let requirements: [String: Kind] = ["sdk": .text, "python": .text, "cuda": .text]

    /// The keys of the document.
    static let keys: [String: Kind] = [
        "name": .text, "code": .text, "version": .text, "variant": .text, "category": .choice(categories),
        "description": .text, "readme": .text, "package_manager": .choice(["pip", "uv"]),
        "package_manager_options": .list(.text), "wheels_dir": .text, "env": .object, "runtime_env": .object,
        "data_type": .choice(dataTypes), "tasks": .list(.text), "supported_data_types": .list(.choice(dataTypes)),
        "supported_data_type": .list(.choice(dataTypes)), "supported_annotation_tools": .object,
        "annotation_category": .choice(["image", "video", "audio", "text", "pcd", "prompt", "time_series"]),
        "annotation_type": .choice(["bbox", "polygon", "point", "line", "mask", "label"]),
        "smart_tool": .choice(["interactive", "automatic", "semi_automatic"]), "requires": .members(requirements),
        "dependencies": .object, "tags": .list(.text), "actions": .object,
    ]

    /// The keys of an action.
    static let actionKeys: [String: Kind] = [
        "name": .text, "entrypoint": .text, "method": .choice(methods), "description": .text, "input_type": .text,
        "output_type": .text, "serve_options": .object, "hyperparameters": .object, "result_schema": .object,
    ]

    /// How an action runs that does not say it.
    static func method(of action: String) -> String {
        switch action {
        case "upload", "export", "download", "convert", "train", "test", "deployment", "to_task": "job"
        case "inference": "serve"
        default: "task"
        }
    }

    /// The one of some words that a person may have meant.
    static func nearest(to word: String, in words: some Sequence<String>) -> String? {
        // Two letters that have changed places are two changes.
        let limit = max(2, word.count / 3)
        return words.map { (word: $0, distance: distance(word.lowercased(), $0)) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// How many letters must be added, removed or changed to make one word of the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, min(row[column], row[column + 1]) + 1)
            }
        }
        return row[right.count]
    }
}
