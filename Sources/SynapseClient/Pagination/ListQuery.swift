public import SynapseModels

/// What every list can be asked for: which rows, in which order, with which fields.
public struct ListQuery: Sendable, Hashable {
    /// The page, from 1.
    public var page: Int?
    /// Rows of a page.
    ///
    /// A server may give fewer.
    public var pageSize: Int?
    /// The field to sort by; a minus in front turns the order.
    public var ordering: String?
    /// Text to look for.
    public var search: String?
    /// Only these rows.
    public var ids: [Int]
    /// All but these rows.
    public var excludedIDs: [Int]
    /// Only these fields of each row; empty means all.
    public var fields: [String]
    /// Relations to send as objects instead of ids.
    public var expand: [String]
    /// Anything else, as it goes over the wire.
    ///
    /// A server ignores names that it does not know.
    public var parameters: [QueryItem]

    /// Creates a query; without arguments it asks for everything.
    ///
    /// - Parameters:
    ///   - page: The page, from 1.
    ///   - pageSize: Rows of a page.
    ///   - ordering: The field to sort by.
    ///   - search: Text to look for.
    ///   - ids: Only these rows.
    ///   - excludedIDs: All but these rows.
    ///   - fields: Only these fields.
    ///   - expand: Relations to send as objects.
    ///   - parameters: Anything else.
    public init(
        page: Int? = nil, pageSize: Int? = nil, ordering: String? = nil, search: String? = nil, ids: [Int] = [],
        excludedIDs: [Int] = [], fields: [String] = [], expand: [String] = [], parameters: [QueryItem] = []
    ) {
        self.page = page
        self.pageSize = pageSize
        self.ordering = ordering
        self.search = search
        self.ids = ids
        self.excludedIDs = excludedIDs
        self.fields = fields
        self.expand = expand
        self.parameters = parameters
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        items += ids.map { QueryItem("ids", $0) }
        if !excludedIDs.isEmpty {
            items.append(QueryItem("ids_ex", excludedIDs.map(String.init).joined(separator: ",")))
        }
        if let search { items.append(QueryItem("search", search)) }
        if let ordering { items.append(QueryItem("ordering", ordering)) }
        items += Self.shape(fields: fields, expand: expand)
        items += parameters
        if let pageSize { items.append(QueryItem("page_size", pageSize)) }
        if let page { items.append(QueryItem("page", page)) }
        return items
    }

    package static func shape(fields: [String], expand: [String]) -> [QueryItem] {
        var items: [QueryItem] = []
        if !fields.isEmpty { items.append(QueryItem("fields", fields.joined(separator: ","))) }
        if !expand.isEmpty { items.append(QueryItem("expand", expand.joined(separator: ","))) }
        return items
    }
}

/// Which tasks to list.
///
/// What asks for assignments looks for one assignment of the task by itself: `statusLabel` and `labelers` together may
/// be met by two.
public struct TaskQuery: Sendable, Hashable {
    /// Only tasks of this project.
    public var project: Project.ID?
    /// Only tasks with one of these tags.
    public var tags: [TaskTag.ID]
    /// Only tasks that are, or are not, discarded.
    public var isDiscarded: Bool?
    /// Only tasks that are, or are not, given to somebody.
    public var hasAssignment: Bool?
    /// Only tasks that can be given to nobody else, or that can.
    public var hasReachedMaxAssignments: Bool?
    /// Only tasks with one of these assignments.
    public var assignments: [Assignment.ID]
    /// Only tasks that one of these users labels.
    public var labelers: [User.ID]
    /// Only tasks that one of these users reviews.
    public var reviewers: [User.ID]
    /// Only tasks with an assignment whose label is in one of these states.
    public var statusLabel: [LabelStatus]
    /// Only tasks with an assignment whose review is in one of these states.
    public var statusReview: [ReviewStatus]
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every task.
    ///
    /// - Parameters:
    ///   - project: Only tasks of this project.
    ///   - tags: Only tasks with one of these tags.
    ///   - isDiscarded: Only tasks that are, or are not, discarded.
    ///   - hasAssignment: Only tasks that are, or are not, given to somebody.
    ///   - hasReachedMaxAssignments: Only tasks that can be given to nobody else, or that can.
    ///   - assignments: Only tasks with one of these assignments.
    ///   - labelers: Only tasks that one of these users labels.
    ///   - reviewers: Only tasks that one of these users reviews.
    ///   - statusLabel: Only tasks with an assignment whose label is in one of these states.
    ///   - statusReview: Only tasks with an assignment whose review is in one of these states.
    ///   - list: What every list can be asked for.
    public init(
        project: Project.ID? = nil, tags: [TaskTag.ID] = [], isDiscarded: Bool? = nil, hasAssignment: Bool? = nil,
        hasReachedMaxAssignments: Bool? = nil, assignments: [Assignment.ID] = [], labelers: [User.ID] = [],
        reviewers: [User.ID] = [], statusLabel: [LabelStatus] = [], statusReview: [ReviewStatus] = [],
        list: ListQuery = ListQuery()
    ) {
        self.project = project
        self.tags = tags
        self.isDiscarded = isDiscarded
        self.hasAssignment = hasAssignment
        self.hasReachedMaxAssignments = hasReachedMaxAssignments
        self.assignments = assignments
        self.labelers = labelers
        self.reviewers = reviewers
        self.statusLabel = statusLabel
        self.statusReview = statusReview
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let project { items.append(QueryItem("project", project.rawValue)) }
        items.append("tags", anyOf: tags)
        items.append("is_discarded", isDiscarded)
        items.append("has_assignment", hasAssignment)
        items.append("has_reached_max_assignments", hasReachedMaxAssignments)
        items.append("assignments", anyOf: assignments)
        items.append("labelers", anyOf: labelers)
        items.append("reviewers", anyOf: reviewers)
        items.append("status_label", anyOf: statusLabel)
        items.append("status_review", anyOf: statusReview)
        return items + list.items
    }
}

extension [QueryItem] {
    /// Adds a claim, if there is one.
    mutating func append(_ name: String, _ claim: Bool?) {
        if let claim { append(QueryItem(name, claim)) }
    }

    /// Adds a choice of values, if there are any.
    mutating func append(_ name: String, anyOf values: [some CustomStringConvertible]) {
        if !values.isEmpty { append(QueryItem(name, values.map(\.description).joined(separator: ","))) }
    }
}

/// Which data units to list.
public struct DataUnitQuery: Sendable, Hashable {
    /// Only units of this collection.
    public var dataCollection: DataCollection.ID?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every unit.
    ///
    /// - Parameters:
    ///   - dataCollection: Only units of this collection.
    ///   - list: What every list can be asked for.
    public init(dataCollection: DataCollection.ID? = nil, list: ListQuery = ListQuery()) {
        self.dataCollection = dataCollection
        self.list = list
    }

    package var items: [QueryItem] {
        (dataCollection.map { [QueryItem("data_collection", $0.rawValue)] } ?? []) + list.items
    }
}
