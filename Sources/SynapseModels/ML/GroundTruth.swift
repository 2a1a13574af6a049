/// A ground truth: what is held to be right for one data unit.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruth: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<GroundTruth>

    /// The identifier.
    public var id: ID
    /// The dataset.
    public var groundTruthDataset: Expandable<GroundTruthDataset>?
    /// The data unit.
    public var dataUnit: Expandable<DataUnit>?
    /// The project of the dataset.
    public var project: Expandable<Project>?
    /// The task that it was taken from.
    public var task: Expandable<AnnotationTask>?
    /// What it is used for.
    public var category: GroundTruthCategory?
    /// What is held to be right, as the platform leaves it open.
    public var data: RawJSON?
    /// The classes that occur in it.
    public var classes: [String]?
    /// The unit's files, and the data as a file `data_meta_1`.
    public var files: DataUnitFiles?
    /// When it was made.
    public var created: Timestamp?
    /// When it changed last.
    public var modified: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a ground truth in code.
    public init(
        id: ID,
        groundTruthDataset: Expandable<GroundTruthDataset>? = nil,
        dataUnit: Expandable<DataUnit>? = nil,
        project: Expandable<Project>? = nil,
        task: Expandable<AnnotationTask>? = nil,
        category: GroundTruthCategory? = nil,
        data: RawJSON? = nil,
        classes: [String]? = nil,
        files: DataUnitFiles? = nil,
        created: Timestamp? = nil,
        modified: Timestamp? = nil
    ) {
        self.id = id
        self.groundTruthDataset = groundTruthDataset
        self.dataUnit = dataUnit
        self.project = project
        self.task = task
        self.category = category
        self.data = data
        self.classes = classes
        self.files = files
        self.created = created
        self.modified = modified
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        groundTruthDataset = try row.readIfPresent("ground_truth_dataset")
        dataUnit = try row.readIfPresent("data_unit")
        project = try row.readIfPresent("project")
        task = try row.readIfPresent("task")
        category = try row.readIfPresent("category")
        data = try row.readIfPresent("data")
        classes = try row.readIfPresent("classes")
        files = try row.readIfPresent("files")
        created = try row.readIfPresent("created")
        modified = try row.readIfPresent("modified")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("ground_truth_dataset", groundTruthDataset)
        writer.memberIfPresent("data_unit", dataUnit)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("task", task)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("data", data)
        writer.memberIfPresent("classes", classes)
        writer.memberIfPresent("files", files)
        writer.memberIfPresent("created", created)
        writer.memberIfPresent("modified", modified)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "ground_truth_dataset", "data_unit", "project", "task", "category", "data", "classes", "files",
        "created", "modified",
    ]
}
