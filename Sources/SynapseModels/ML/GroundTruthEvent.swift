/// A ground-truth event: what a ground truth was from one change to the next.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruthEvent: WireModel {
    /// The identifier's type.
    public typealias ID = Identifier<GroundTruthEvent>

    /// The ground truth, whose events all have it.
    public var id: GroundTruth.ID
    /// The event's own identifier, `pgh_id`.
    public var eventID: ID?
    /// The ground truth once more, `pgh_obj_id`.
    public var groundTruth: GroundTruth.ID?
    /// What happened: `insert` or `update`.
    public var label: String?
    /// The dataset.
    public var groundTruthDataset: Expandable<GroundTruthDataset>?
    /// The data unit.
    public var dataUnit: Expandable<DataUnit>?
    /// The project of the dataset.
    public var project: Expandable<Project>?
    /// What it was used for.
    public var category: GroundTruthCategory?
    /// What was held to be right, as the platform leaves it open.
    public var data: RawJSON?
    /// The classes that occurred in it.
    public var classes: [String]?
    /// The unit's files.
    public var files: DataUnitFiles?
    /// Bytes of the data as JSON.
    public var dataSize: Int?
    /// The SHA-256 of the data as JSON in hexadecimal digits.
    public var dataDigest: String?
    /// The media type of the data.
    public var dataContentType: String?
    /// When it happened.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a ground-truth event in code.
    public init(
        id: GroundTruth.ID,
        eventID: ID? = nil,
        groundTruth: GroundTruth.ID? = nil,
        label: String? = nil,
        groundTruthDataset: Expandable<GroundTruthDataset>? = nil,
        dataUnit: Expandable<DataUnit>? = nil,
        project: Expandable<Project>? = nil,
        category: GroundTruthCategory? = nil,
        data: RawJSON? = nil,
        classes: [String]? = nil,
        files: DataUnitFiles? = nil,
        dataSize: Int? = nil,
        dataDigest: String? = nil,
        dataContentType: String? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.eventID = eventID
        self.groundTruth = groundTruth
        self.label = label
        self.groundTruthDataset = groundTruthDataset
        self.dataUnit = dataUnit
        self.project = project
        self.category = category
        self.data = data
        self.classes = classes
        self.files = files
        self.dataSize = dataSize
        self.dataDigest = dataDigest
        self.dataContentType = dataContentType
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        eventID = try row.readIfPresent("pgh_id")
        groundTruth = try row.readIfPresent("pgh_obj_id")
        label = try row.readIfPresent("pgh_label")
        groundTruthDataset = try row.readIfPresent("ground_truth_dataset")
        dataUnit = try row.readIfPresent("data_unit")
        project = try row.readIfPresent("project")
        category = try row.readIfPresent("category")
        data = try row.readIfPresent("data")
        classes = try row.readIfPresent("classes")
        files = try row.readIfPresent("files")
        dataSize = try row.readIfPresent("data_size")
        dataDigest = try row.readIfPresent("data_digest")
        dataContentType = try row.readIfPresent("data_content_type")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("pgh_id", eventID)
        writer.memberIfPresent("pgh_obj_id", groundTruth)
        writer.memberIfPresent("pgh_label", label)
        writer.memberIfPresent("ground_truth_dataset", groundTruthDataset)
        writer.memberIfPresent("data_unit", dataUnit)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("data", data)
        writer.memberIfPresent("classes", classes)
        writer.memberIfPresent("files", files)
        writer.memberIfPresent("data_size", dataSize)
        writer.memberIfPresent("data_digest", dataDigest)
        writer.memberIfPresent("data_content_type", dataContentType)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "pgh_id", "pgh_obj_id", "pgh_label", "ground_truth_dataset", "data_unit", "project", "category",
        "data", "classes", "files", "data_size", "data_digest", "data_content_type", "created",
    ]
}
