/// A project: the tasks that annotate the units of one data collection.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Projects".
public struct Project: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Project>

    /// The identifier.
    public var id: ID
    /// The name that people see, at most 200 characters.
    public var title: String?
    /// What the project is for.
    public var description: String?
    /// What kind of data is annotated.
    public var category: ProjectCategory?
    /// The collection whose units become tasks.
    public var dataCollection: Expandable<DataCollection>?
    /// The classes and tools of annotation, as the platform leaves them open.
    public var configuration: RawJSON?
    /// Settings, as the platform leaves them open.
    public var settings: RawJSON?
    /// A warning about the content: `sensitive_content` or empty.
    public var caution: String?
    /// Who may see it.
    public var accessLevel: AccessLevel?
    /// How many people may annotate one task.
    public var countMaxAssignmentsPerTask: Int?
    /// Whether a worker may discard a task.
    public var canDiscard: Bool?
    /// Whether workers pick tasks by themselves.
    public var enableWorkforce: Bool?
    /// Whether it is closed.
    public var isArchived: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// How many tasks it has.
    public var taskCount: Int?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a project in code.
    public init(
        id: ID,
        title: String? = nil,
        description: String? = nil,
        category: ProjectCategory? = nil,
        dataCollection: Expandable<DataCollection>? = nil,
        configuration: RawJSON? = nil,
        settings: RawJSON? = nil,
        caution: String? = nil,
        accessLevel: AccessLevel? = nil,
        countMaxAssignmentsPerTask: Int? = nil,
        canDiscard: Bool? = nil,
        enableWorkforce: Bool? = nil,
        isArchived: Bool? = nil,
        created: Timestamp? = nil,
        taskCount: Int? = nil
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.category = category
        self.dataCollection = dataCollection
        self.configuration = configuration
        self.settings = settings
        self.caution = caution
        self.accessLevel = accessLevel
        self.countMaxAssignmentsPerTask = countMaxAssignmentsPerTask
        self.canDiscard = canDiscard
        self.enableWorkforce = enableWorkforce
        self.isArchived = isArchived
        self.created = created
        self.taskCount = taskCount
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        title = try row.readIfPresent("title")
        description = try row.readIfPresent("description")
        category = try row.readIfPresent("category")
        dataCollection = try row.readIfPresent("data_collection")
        configuration = try row.readIfPresent("configuration")
        settings = try row.readIfPresent("settings")
        caution = try row.readIfPresent("caution")
        accessLevel = try row.readIfPresent("access_level")
        countMaxAssignmentsPerTask = try row.readIfPresent("count_max_assignments_per_task")
        canDiscard = try row.readIfPresent("can_discard")
        enableWorkforce = try row.readIfPresent("enable_workforce")
        isArchived = try row.readIfPresent("is_archived")
        created = try row.readIfPresent("created")
        taskCount = try row.readIfPresent("task_count")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("title", title)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("data_collection", dataCollection)
        writer.memberIfPresent("configuration", configuration)
        writer.memberIfPresent("settings", settings)
        writer.memberIfPresent("caution", caution)
        writer.memberIfPresent("access_level", accessLevel)
        writer.memberIfPresent("count_max_assignments_per_task", countMaxAssignmentsPerTask)
        writer.memberIfPresent("can_discard", canDiscard)
        writer.memberIfPresent("enable_workforce", enableWorkforce)
        writer.memberIfPresent("is_archived", isArchived)
        writer.memberIfPresent("created", created)
        writer.memberIfPresent("task_count", taskCount)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "title", "description", "category", "data_collection", "configuration", "settings", "caution",
        "access_level", "count_max_assignments_per_task", "can_discard", "enable_workforce", "is_archived",
        "created", "task_count",
    ]
}
