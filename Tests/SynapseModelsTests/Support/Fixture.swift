import Foundation
import SynapseModels

/// A document of `Fixtures`, written by hand after the wire protocol, never by the encoder that is tested with it.
enum Fixture {
    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: directory.appendingPathComponent("\(name).json")))
    }

    static func value(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: try bytes(name))
    }

    static func model<Model: JSONReadable>(_ name: String, as type: Model.Type = Model.self) throws -> Model {
        try Model(reading: try RawJSON(parsing: try bytes(name)))
    }
}

/// One value out of text.
func raw(_ json: String) throws -> RawJSON {
    try RawJSON(parsing: Array(json.utf8))
}

extension JSONReadable {
    /// Reads a value out of text.
    init(json: String) throws {
        try self.init(reading: try raw(json))
    }
}

extension JSONWritable {
    /// The value as compact JSON text.
    var json: String { String(decoding: jsonBytes(), as: UTF8.self) }

    /// The value as a tree.
    var tree: JSONValue {
        get throws { try JSONValue(parsing: jsonBytes()) }
    }
}
