public import SynapseModels

/// Which ground truths to list.
public struct GroundTruthQuery: Sendable, Hashable {
    /// Only ground truths of these datasets.
    public var groundTruthDatasets: [GroundTruthDataset.ID]
    /// Only what one of these versions froze, as it was then.
    public var groundTruthDatasetVersions: [GroundTruthDatasetVersion.ID]
    /// Only those that are used for one of these.
    public var categories: [GroundTruthCategory]
    /// Only those in which one of these classes occurs.
    public var classes: [String]
    /// Only those that were taken from this task.
    public var task: AnnotationTask.ID?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every ground truth.
    ///
    /// - Parameters:
    ///   - groundTruthDatasets: Only ground truths of these datasets.
    ///   - groundTruthDatasetVersions: Only what one of these versions froze.
    ///   - categories: Only those that are used for one of these.
    ///   - classes: Only those in which one of these classes occurs; none of them may hold a comma.
    ///   - task: Only those that were taken from this task.
    ///   - list: What every list can be asked for.
    public init(
        groundTruthDatasets: [GroundTruthDataset.ID] = [],
        groundTruthDatasetVersions: [GroundTruthDatasetVersion.ID] = [], categories: [GroundTruthCategory] = [],
        classes: [String] = [], task: AnnotationTask.ID? = nil, list: ListQuery = ListQuery()
    ) {
        self.groundTruthDatasets = groundTruthDatasets
        self.groundTruthDatasetVersions = groundTruthDatasetVersions
        self.categories = categories
        self.classes = classes
        self.task = task
        self.list = list
    }

    package var items: [QueryItem] {
        var items = groundTruthDatasets.map { QueryItem("ground_truth_dataset", $0.rawValue) }
        items += groundTruthDatasetVersions.map { QueryItem("ground_truth_dataset_versions", $0.rawValue) }
        items += categories.map { QueryItem(categories.count == 1 ? "category" : "categories", $0.rawValue) }
        items += classes.map { QueryItem("classes", $0) }
        if let task { items.append(QueryItem("task", task.rawValue)) }
        return items + list.items
    }
}

/// Which ground-truth events to list.
public struct GroundTruthEventQuery: Sendable, Hashable {
    /// Only events of this ground truth.
    public var groundTruth: GroundTruth.ID?
    /// What ground truths can be asked for; of versions, the events that they froze.
    public var groundTruths: GroundTruthQuery

    /// Creates a query; without arguments it asks for every event.
    ///
    /// - Parameters:
    ///   - groundTruthDatasetVersions: Only what one of these versions froze.
    ///   - groundTruth: Only events of this ground truth.
    ///   - groundTruthDatasets: Only events of these datasets.
    ///   - categories: Only those that were used for one of these.
    ///   - classes: Only those in which one of these classes occurred; none of them may hold a comma.
    ///   - task: Only those that were taken from this task.
    ///   - list: What every list can be asked for; `ids` are those of ground truths.
    public init(
        groundTruthDatasetVersions: [GroundTruthDatasetVersion.ID] = [], groundTruth: GroundTruth.ID? = nil,
        groundTruthDatasets: [GroundTruthDataset.ID] = [], categories: [GroundTruthCategory] = [],
        classes: [String] = [], task: AnnotationTask.ID? = nil, list: ListQuery = ListQuery()
    ) {
        self.groundTruth = groundTruth
        groundTruths = GroundTruthQuery(
            groundTruthDatasets: groundTruthDatasets, groundTruthDatasetVersions: groundTruthDatasetVersions,
            categories: categories, classes: classes, task: task, list: list)
    }

    package var items: [QueryItem] {
        (groundTruth.map { [QueryItem("ground_truth", $0.rawValue)] } ?? []) + groundTruths.items
    }
}

/// Which versions of ground-truth datasets to list.
public struct GroundTruthVersionQuery: Sendable, Hashable {
    /// Only versions of this dataset.
    public var groundTruthDataset: GroundTruthDataset.ID?
    /// Only versions that are, or are not, archived.
    public var isArchived: Bool?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every version.
    ///
    /// - Parameters:
    ///   - groundTruthDataset: Only versions of this dataset.
    ///   - isArchived: Only versions that are, or are not, archived.
    ///   - list: What every list can be asked for.
    public init(
        groundTruthDataset: GroundTruthDataset.ID? = nil, isArchived: Bool? = nil, list: ListQuery = ListQuery()
    ) {
        self.groundTruthDataset = groundTruthDataset
        self.isArchived = isArchived
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let groundTruthDataset { items.append(QueryItem("ground_truth_dataset", groundTruthDataset.rawValue)) }
        if let isArchived { items.append(QueryItem("is_archived", isArchived)) }
        return items + list.items
    }
}
