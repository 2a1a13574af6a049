import SynapseModels

/// JSON on the command line: the text itself, `@PATH` for a file, or `-` for standard input.
enum JSONArgument {
    static func read(_ argument: String, option: String) throws -> JSONValue {
        let isFile = argument == "-" || argument.hasPrefix("@")
        let path = argument == "-" ? "-" : String(argument.dropFirst())
        guard let bytes = isFile ? InputFile.read(path) : Array(argument.utf8) else {
            throw UsageError("\(option): the file \(path) can't be read")
        }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw UsageError("\(option) is not JSON: \(error)")
        }
    }

    /// Reads an argument that must be an object.
    static func readObject(_ argument: String, option: String) throws -> JSONValue {
        let value = try read(argument, option: option)
        guard value.objectValue != nil else { throw UsageError("\(option) must be a JSON object") }
        return value
    }
}
