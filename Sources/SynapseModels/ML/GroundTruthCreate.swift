/// The body that makes or changes a ground truth.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruthCreate: JSONReadable, JSONWritable {
    /// The dataset.
    public var groundTruthDataset: GroundTruthDataset.ID
    /// The data unit, where neither task nor assignment names it.
    public var dataUnit: DataUnit.ID?
    /// A task that was handed in: its data and unit are taken.
    public var task: AnnotationTask.ID?
    /// A finished assignment: its data and its task's unit are taken.
    public var assignment: Int?
    /// What it is used for; a new one is `train` unless given.
    public var category: GroundTruthCategory?
    /// What is held to be right; wins over the data of task and assignment.
    public var data: JSONValue?
    /// The classes that occur in it; read from the data unless given.
    public var classes: [String]?

    /// Makes a body.
    public init(
        groundTruthDataset: GroundTruthDataset.ID,
        dataUnit: DataUnit.ID? = nil,
        task: AnnotationTask.ID? = nil,
        assignment: Int? = nil,
        category: GroundTruthCategory? = nil,
        data: JSONValue? = nil,
        classes: [String]? = nil
    ) {
        self.groundTruthDataset = groundTruthDataset
        self.dataUnit = dataUnit
        self.task = task
        self.assignment = assignment
        self.category = category
        self.data = data
        self.classes = classes
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        groundTruthDataset = try row.read("ground_truth_dataset")
        dataUnit = try row.readIfPresent("data_unit")
        task = try row.readIfPresent("task")
        assignment = try row.readIfPresent("assignment")
        category = try row.readIfPresent("category")
        data = try row.readIfPresent("data")
        classes = try row.readIfPresent("classes")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ground_truth_dataset", groundTruthDataset)
            writer.memberIfPresent("data_unit", dataUnit)
            writer.memberIfPresent("task", task)
            writer.memberIfPresent("assignment", assignment)
            writer.memberIfPresent("category", category)
            writer.memberIfPresent("data", data)
            writer.memberIfPresent("classes", classes)
        }
    }
}
