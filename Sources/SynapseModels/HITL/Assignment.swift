/// An assignment: one task, given to a worker who labels it and to a reviewer who looks at the result.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "HITL".
public struct Assignment: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Assignment>

    /// The identifier.
    public var id: ID
    /// The project.
    public var project: Expandable<Project>?
    /// The task.
    public var task: Expandable<AnnotationTask>?
    /// The data unit of the task.
    public var dataUnit: Expandable<DataUnit>?
    /// Who labels.
    public var user: Expandable<User>?
    /// Who reviews; `nil` while nobody does.
    public var reviewer: Expandable<User>?
    /// The annotation data, as the platform leaves it open; `nil` before it is saved for the first time.
    public var data: RawJSON?
    /// The file that is annotated.
    public var file: FileReference?
    /// The unit's files, where the list carries them.
    public var files: DataUnitFiles?
    /// What is known of the unit's files without their addresses.
    public var filesManifest: RawJSON?
    /// The tags.
    public var tags: [Expandable<TaskTag>]?
    /// How far the label is.
    public var statusLabel: LabelStatus?
    /// How far the review is.
    public var statusReview: ReviewStatus?
    /// Whether the result was accepted: its data is the task's then.
    public var isConfirmed: Bool?
    /// Whether the worker found that the task is of no use.
    public var isDiscarded: Bool?
    /// Whether that was accepted.
    public var isDiscardConfirmed: Bool?
    /// What the reviewer said last.
    public var reviewDescription: String?
    /// When it was made.
    public var created: Timestamp?
    /// When it changed last.
    public var modified: Timestamp?
    /// When the label was handed in last.
    public var labelSubmitted: Timestamp?
    /// When the data was written last.
    public var lastLabeled: Timestamp?
    /// When the review changed last.
    public var lastReviewed: Timestamp?
    /// When the worker did anything last.
    public var labelerLastActionAt: Timestamp?
    /// When the reviewer did anything last.
    public var reviewerLastActionAt: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes an assignment in code.
    public init(
        id: ID,
        project: Expandable<Project>? = nil,
        task: Expandable<AnnotationTask>? = nil,
        dataUnit: Expandable<DataUnit>? = nil,
        user: Expandable<User>? = nil,
        reviewer: Expandable<User>? = nil,
        data: RawJSON? = nil,
        file: FileReference? = nil,
        files: DataUnitFiles? = nil,
        filesManifest: RawJSON? = nil,
        tags: [Expandable<TaskTag>]? = nil,
        statusLabel: LabelStatus? = nil,
        statusReview: ReviewStatus? = nil,
        isConfirmed: Bool? = nil,
        isDiscarded: Bool? = nil,
        isDiscardConfirmed: Bool? = nil,
        reviewDescription: String? = nil,
        created: Timestamp? = nil,
        modified: Timestamp? = nil,
        labelSubmitted: Timestamp? = nil,
        lastLabeled: Timestamp? = nil,
        lastReviewed: Timestamp? = nil,
        labelerLastActionAt: Timestamp? = nil,
        reviewerLastActionAt: Timestamp? = nil
    ) {
        self.id = id
        self.project = project
        self.task = task
        self.dataUnit = dataUnit
        self.user = user
        self.reviewer = reviewer
        self.data = data
        self.file = file
        self.files = files
        self.filesManifest = filesManifest
        self.tags = tags
        self.statusLabel = statusLabel
        self.statusReview = statusReview
        self.isConfirmed = isConfirmed
        self.isDiscarded = isDiscarded
        self.isDiscardConfirmed = isDiscardConfirmed
        self.reviewDescription = reviewDescription
        self.created = created
        self.modified = modified
        self.labelSubmitted = labelSubmitted
        self.lastLabeled = lastLabeled
        self.lastReviewed = lastReviewed
        self.labelerLastActionAt = labelerLastActionAt
        self.reviewerLastActionAt = reviewerLastActionAt
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        project = try row.readIfPresent("project")
        task = try row.readIfPresent("task")
        dataUnit = try row.readIfPresent("data_unit")
        user = try row.readIfPresent("user")
        reviewer = try row.readIfPresent("reviewer")
        data = try row.readIfPresent("data")
        file = try row.readIfPresent("file")
        files = try row.readIfPresent("files")
        filesManifest = try row.readIfPresent("files_manifest")
        tags = try row.readIfPresent("tags")
        statusLabel = try row.readIfPresent("status_label")
        statusReview = try row.readIfPresent("status_review")
        isConfirmed = try row.readIfPresent("is_confirmed")
        isDiscarded = try row.readIfPresent("is_discarded")
        isDiscardConfirmed = try row.readIfPresent("is_discard_confirmed")
        reviewDescription = try row.readIfPresent("review_description")
        created = try row.readIfPresent("created")
        modified = try row.readIfPresent("modified")
        labelSubmitted = try row.readIfPresent("label_submitted")
        lastLabeled = try row.readIfPresent("last_labeled")
        lastReviewed = try row.readIfPresent("last_reviewed")
        labelerLastActionAt = try row.readIfPresent("labeler_last_action_at")
        reviewerLastActionAt = try row.readIfPresent("reviewer_last_action_at")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("task", task)
        writer.memberIfPresent("data_unit", dataUnit)
        writer.memberIfPresent("user", user)
        writer.memberIfPresent("reviewer", reviewer)
        writer.memberIfPresent("data", data)
        writer.memberIfPresent("file", file)
        writer.memberIfPresent("files", files)
        writer.memberIfPresent("files_manifest", filesManifest)
        writer.memberIfPresent("tags", tags)
        writer.memberIfPresent("status_label", statusLabel)
        writer.memberIfPresent("status_review", statusReview)
        writer.memberIfPresent("is_confirmed", isConfirmed)
        writer.memberIfPresent("is_discarded", isDiscarded)
        writer.memberIfPresent("is_discard_confirmed", isDiscardConfirmed)
        writer.memberIfPresent("review_description", reviewDescription)
        writer.memberIfPresent("created", created)
        writer.memberIfPresent("modified", modified)
        writer.memberIfPresent("label_submitted", labelSubmitted)
        writer.memberIfPresent("last_labeled", lastLabeled)
        writer.memberIfPresent("last_reviewed", lastReviewed)
        writer.memberIfPresent("labeler_last_action_at", labelerLastActionAt)
        writer.memberIfPresent("reviewer_last_action_at", reviewerLastActionAt)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "project", "task", "data_unit", "user", "reviewer", "data", "file", "files", "files_manifest",
        "tags", "status_label", "status_review", "is_confirmed", "is_discarded", "is_discard_confirmed",
        "review_description", "created", "modified", "label_submitted", "last_labeled", "last_reviewed",
        "labeler_last_action_at", "reviewer_last_action_at",
    ]
}
