public import SynapseModels

/// Which assignments to list.
public struct AssignmentQuery: Sendable, Hashable {
    /// A moment of an assignment that lists can be asked for.
    public enum Moment: String, Sendable, Hashable, CaseIterable {
        /// When it was made.
        case created
        /// When the label was handed in last.
        case labelSubmitted = "label_submitted"
        /// When the data was written last.
        case lastLabeled = "last_labeled"
        /// When the review changed last.
        case lastReviewed = "last_reviewed"
        /// When the worker did anything last.
        case labelerLastAction = "labeler_last_action_at"
        /// When the reviewer did anything last.
        case reviewerLastAction = "reviewer_last_action_at"
    }

    /// A bound for a moment.
    public struct TimeBound: Sendable, Hashable {
        /// How the moment compares to the time.
        public enum Comparison: String, Sendable, Hashable, CaseIterable {
            /// After the time.
            case after = "gt"
            /// At the time, or after it.
            case from = "gte"
            /// Before the time.
            case before = "lt"
            /// At the time, or before it.
            case upTo = "lte"
        }

        /// The moment.
        public var moment: Moment
        /// The comparison.
        public var comparison: Comparison
        /// The time.
        public var time: Timestamp

        /// Creates a bound.
        ///
        /// - Parameters:
        ///   - moment: The moment.
        ///   - comparison: How it compares to the time.
        ///   - time: The time.
        public init(_ moment: Moment, _ comparison: Comparison, _ time: Timestamp) {
            self.moment = moment
            self.comparison = comparison
            self.time = time
        }
    }

    /// Only assignments of this project.
    public var project: Project.ID?
    /// Only assignments of these tasks.
    public var tasks: [AnnotationTask.ID]
    /// Only assignments that one of these users labels.
    public var users: [User.ID]
    /// Only assignments that one of these users reviews.
    public var reviewers: [User.ID]
    /// Only assignments with one of these tags.
    public var tags: [TaskTag.ID]
    /// Only assignments whose task has one of these tags.
    public var taskTags: [TaskTag.ID]
    /// Only assignments whose label is in one of these states.
    public var statusLabel: [LabelStatus]
    /// Only assignments whose review is in one of these states.
    public var statusReview: [ReviewStatus]
    /// Only assignments that are, or are not, confirmed.
    public var isConfirmed: Bool?
    /// Only assignments that are, or are not, discarded.
    public var isDiscarded: Bool?
    /// Only assignments whose discard is, or is not, confirmed.
    public var isDiscardConfirmed: Bool?
    /// Bounds that all hold.
    public var times: [TimeBound]
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every assignment.
    ///
    /// - Parameters:
    ///   - project: Only assignments of this project.
    ///   - tasks: Only assignments of these tasks.
    ///   - users: Only assignments that one of these users labels.
    ///   - reviewers: Only assignments that one of these users reviews.
    ///   - tags: Only assignments with one of these tags.
    ///   - taskTags: Only assignments whose task has one of these tags.
    ///   - statusLabel: Only assignments whose label is in one of these states.
    ///   - statusReview: Only assignments whose review is in one of these states.
    ///   - isConfirmed: Only assignments that are, or are not, confirmed.
    ///   - isDiscarded: Only assignments that are, or are not, discarded.
    ///   - isDiscardConfirmed: Only assignments whose discard is, or is not, confirmed.
    ///   - times: Bounds that all hold.
    ///   - list: What every list can be asked for.
    public init(
        project: Project.ID? = nil, tasks: [AnnotationTask.ID] = [], users: [User.ID] = [], reviewers: [User.ID] = [],
        tags: [TaskTag.ID] = [], taskTags: [TaskTag.ID] = [], statusLabel: [LabelStatus] = [],
        statusReview: [ReviewStatus] = [], isConfirmed: Bool? = nil, isDiscarded: Bool? = nil,
        isDiscardConfirmed: Bool? = nil, times: [TimeBound] = [], list: ListQuery = ListQuery()
    ) {
        self.project = project
        self.tasks = tasks
        self.users = users
        self.reviewers = reviewers
        self.tags = tags
        self.taskTags = taskTags
        self.statusLabel = statusLabel
        self.statusReview = statusReview
        self.isConfirmed = isConfirmed
        self.isDiscarded = isDiscarded
        self.isDiscardConfirmed = isDiscardConfirmed
        self.times = times
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let project { items.append(QueryItem("project", project.rawValue)) }
        items.append("tasks", anyOf: tasks)
        items.append("users", anyOf: users)
        items.append("reviewers", anyOf: reviewers)
        items.append("tags", anyOf: tags)
        items.append("task_tags", anyOf: taskTags)
        items.append("status_label", anyOf: statusLabel)
        items.append("status_review", anyOf: statusReview)
        items.append("is_confirmed", isConfirmed)
        items.append("is_discarded", isDiscarded)
        items.append("is_discard_confirmed", isDiscardConfirmed)
        items += times.map { QueryItem("\($0.moment.rawValue)__\($0.comparison.rawValue)", $0.time.rawValue) }
        return items + list.items
    }
}
