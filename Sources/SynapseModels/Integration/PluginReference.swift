/// A plugin, by its number or by its code.
///
/// ```swift
/// let plugin = try await client.getPlugin("yolov8")
/// ```
public enum PluginReference: Sendable, Hashable {
    /// The identifier.
    case id(Plugin.ID)
    /// The code, such as `yolov8`.
    case code(String)

    /// The number or the code as text.
    public var text: String {
        switch self {
        case .id(let id): id.description
        case .code(let code): code
        }
    }

    /// Reads text of a command line or a path: digits are a number, anything else is a code.
    public init(text: String) {
        if let id = Plugin.ID(text), id.rawValue >= 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .id(id)
        } else {
            self = .code(text)
        }
    }
}

extension PluginReference: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// Makes a reference by code.
    public init(stringLiteral value: String) { self = .code(value) }
    /// Makes a reference by number.
    public init(integerLiteral value: Int) { self = .id(Plugin.ID(rawValue: value)) }
}

extension PluginReference: JSONReadable, JSONWritable {
    /// Reads a number, or a string: digits in a string are a number, too.
    public init(reading json: RawJSON) throws(JSONError) {
        if let text = try? String(reading: json) {
            self.init(text: text)
        } else {
            self = .id(try Plugin.ID(reading: json))
        }
    }

    /// Writes the number, or the code as a string.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .id(let id): id.write(to: &writer)
        case .code(let code): code.write(to: &writer)
        }
    }
}
