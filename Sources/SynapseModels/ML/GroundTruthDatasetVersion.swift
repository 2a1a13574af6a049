/// A ground-truth version: what a dataset was at one moment.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruthDatasetVersion: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<GroundTruthDatasetVersion>

    /// The identifier.
    public var id: ID
    /// The name of the version, at most 100 characters.
    public var version: String?
    /// The dataset.
    public var groundTruthDataset: Expandable<GroundTruthDataset>?
    /// What it is for.
    public var description: String?
    /// Whether it is no longer offered.
    public var isArchived: Bool?
    /// How many events it froze; ours alone.
    public var eventCount: Int?
    /// When it was frozen.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a ground-truth version in code.
    public init(
        id: ID,
        version: String? = nil,
        groundTruthDataset: Expandable<GroundTruthDataset>? = nil,
        description: String? = nil,
        isArchived: Bool? = nil,
        eventCount: Int? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.version = version
        self.groundTruthDataset = groundTruthDataset
        self.description = description
        self.isArchived = isArchived
        self.eventCount = eventCount
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        version = try row.readIfPresent("version")
        groundTruthDataset = try row.readIfPresent("ground_truth_dataset")
        description = try row.readIfPresent("description")
        isArchived = try row.readIfPresent("is_archived")
        eventCount = try row.readIfPresent("event_count")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("version", version)
        writer.memberIfPresent("ground_truth_dataset", groundTruthDataset)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("is_archived", isArchived)
        writer.memberIfPresent("event_count", eventCount)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "version", "ground_truth_dataset", "description", "is_archived", "event_count", "created",
    ]
}
