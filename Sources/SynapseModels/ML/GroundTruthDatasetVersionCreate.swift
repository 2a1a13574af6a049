/// The body that freezes a ground-truth dataset.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruthDatasetVersionCreate: JSONReadable, JSONWritable {
    /// The dataset.
    public var groundTruthDataset: GroundTruthDataset.ID
    /// The name of the version, at most 100 characters.
    public var version: String
    /// What it is for.
    public var description: String?

    /// Makes a body.
    public init(
        groundTruthDataset: GroundTruthDataset.ID,
        version: String,
        description: String? = nil
    ) {
        self.groundTruthDataset = groundTruthDataset
        self.version = version
        self.description = description
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        groundTruthDataset = try row.read("ground_truth_dataset")
        version = try row.read("version")
        description = try row.readIfPresent("description")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ground_truth_dataset", groundTruthDataset)
            writer.member("version", version)
            writer.memberIfPresent("description", description)
        }
    }
}
