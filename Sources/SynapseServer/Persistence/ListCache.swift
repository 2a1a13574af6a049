import Synchronization

/// The tables that lists read.
enum ListedTable: String, Sendable, Hashable, CaseIterable {
    case project
    case task
    case taskTag = "task_tag"
    case dataCollection = "data_collection"
    case dataFile = "data_file"
    case dataUnit = "data_unit"
    case assignment
    case agent
    case plugin
    case pluginRelease = "plugin_release"
    case job
    case jobLog = "job_log"
    case serveApplication = "serve_application"
    case storage
    case model
    case groundTruthDataset = "ground_truth_dataset"
    case groundTruthDatasetVersion = "ground_truth_dataset_version"
    case groundTruth = "ground_truth"
    case groundTruthEvent = "ground_truth_event"
    case accessToken = "access_token"
    case member
}

/// What a write did to the rows of a table.
struct TableChange: Sendable {
    let table: ListedTable
    /// True when rows that existed may now answer filters otherwise; false when rows were only added.
    var changedExisting = false
}

/// Remembers how many rows a list has and where its pages begin, until a write makes that untrue.
///
/// Rows are never removed and identifiers only grow, so a page of a list in order of identifiers stays where it is when
/// rows are added. A filter on something that can change is called volatile; what is remembered for it lasts until the
/// next change of an existing row.
final class ListCache: Sendable {
    struct Key: Hashable, Sendable {
        let tenant: Int64
        let table: ListedTable
        /// The condition with its values, as text.
        let filter: String
        let isVolatile: Bool
    }

    /// How often a tenant's table has been written.
    struct Marks: Sendable, Equatable {
        var inserts = 0
        var changes = 0
    }

    struct Anchor: Sendable, Equatable {
        /// The page that begins behind the row.
        let page: Int
        let afterID: Int64
    }

    private struct Entry {
        var count: (value: Int, marks: Marks)?
        var anchors: [Int: [Int: Int64]] = [:]
        var anchorChanges = 0
    }

    private struct TableKey: Hashable {
        let tenant: Int64
        let table: ListedTable
    }

    private struct State {
        var marks: [TableKey: Marks] = [:]
        var entries: [Key: Entry] = [:]
    }

    private static let maximumEntryCount = 512
    private static let maximumAnchorCount = 20_000
    private let state = Mutex(State())

    /// Take the marks before the snapshot is opened: what is remembered under them can then only be too new, never
    /// stale.
    func marks(tenant: Int64, table: ListedTable) -> Marks {
        state.withLock { $0.marks[TableKey(tenant: tenant, table: table)] ?? Marks() }
    }

    func note(_ changes: [TableChange], tenant: Int64) {
        state.withLock { state in
            for change in changes {
                let key = TableKey(tenant: tenant, table: change.table)
                state.marks[key, default: Marks()].inserts += 1
                if change.changedExisting { state.marks[key, default: Marks()].changes += 1 }
            }
        }
    }

    func count(for key: Key, marks: Marks) -> Int? {
        state.withLock { state in
            guard let count = state.entries[key]?.count, count.marks.inserts == marks.inserts else { return nil }
            return count.value
        }
    }

    func remember(count: Int, for key: Key, marks: Marks) {
        update(key) { $0.count = (count, marks) }
    }

    /// The beginning of the page, or of the last one before it that is known.
    func anchor(for key: Key, pageSize: Int, page: Int, marks: Marks) -> Anchor? {
        state.withLock { state in
            guard let entry = state.entries[key], !key.isVolatile || entry.anchorChanges == marks.changes,
                let pages = entry.anchors[pageSize]
            else { return nil }
            if let id = pages[page] { return Anchor(page: page, afterID: id) }
            return pages.filter { $0.key < page }.max { $0.key < $1.key }.map {
                Anchor(page: $0.key, afterID: $0.value)
            }
        }
    }

    func remember(anchor: Anchor, for key: Key, pageSize: Int, marks: Marks) {
        update(key) { entry in
            if key.isVolatile, entry.anchorChanges != marks.changes { entry.anchors = [:] }
            entry.anchorChanges = marks.changes
            if entry.anchors.values.reduce(0, { $0 + $1.count }) >= Self.maximumAnchorCount { entry.anchors = [:] }
            entry.anchors[pageSize, default: [:]][anchor.page] = anchor.afterID
        }
    }

    private func update(_ key: Key, _ body: (inout Entry) -> Void) {
        state.withLock { state in
            if state.entries[key] == nil, state.entries.count >= Self.maximumEntryCount { state.entries = [:] }
            body(&state.entries[key, default: Entry()])
        }
    }
}
