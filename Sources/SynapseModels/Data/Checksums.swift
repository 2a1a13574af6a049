/// The body that asks which files the server has.
///
/// Source: docs/wire-protocol.md, "Data files".
public struct ChecksumQuery: JSONReadable, JSONWritable {
    /// Digests in hexadecimal digits.
    public var checksums: [String]

    /// Makes a body.
    public init(checksums: [String]) {
        self.checksums = checksums
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        checksums = try json.row().read("checksums")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { $0.member("checksums", checksums) }
    }
}

/// Which of the asked files the server has.
public struct ChecksumAnswer: JSONReadable, JSONWritable {
    /// The digests that are known, as they were asked.
    public var existingChecksums: [String]

    /// Makes an answer.
    public init(existingChecksums: [String]) {
        self.existingChecksums = existingChecksums
    }

    /// Reads an answer.
    public init(reading json: RawJSON) throws(JSONError) {
        existingChecksums = try json.row().read("existing_checksums")
    }

    /// Writes the answer.
    public func write(to writer: inout JSONWriter) {
        writer.object { $0.member("existing_checksums", existingChecksums) }
    }
}
