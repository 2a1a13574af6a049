public import SynapseModels

/// One data unit to be made: its local files, notes and groups.
///
/// The documented "organized file".
public struct OrganizedFile: Sendable {
    /// Paths of local files by the names of the collection's file specifications.
    public var files: [String: String]
    /// Free notes of programs: an object.
    public var meta: JSONValue?
    /// Names of groups from the root to the leaf.
    public var groups: [String]?

    /// Creates an item.
    ///
    /// - Parameters:
    ///   - files: Paths of local files by specification.
    ///   - meta: Free notes: an object.
    ///   - groups: Names of groups from the root to the leaf.
    public init(files: [String: String], meta: JSONValue? = nil, groups: [String]? = nil) {
        self.files = files
        self.meta = meta
        self.groups = groups
    }
}

/// What became of one item of an upload.
public struct CollectionUploadItem: Sendable {
    /// The data unit, when it was made.
    public var dataUnit: DataUnit.ID?
    /// The task, when one was asked for and the server told its id.
    public var task: AnnotationTask.ID?
    /// Why the item was not finished.
    public var error: ClientError?
    /// Files that were sent; of a dry run those that would be.
    public var uploadedFileCount = 0
    /// Files that needed no sending: the server had them, or an equal file of the same upload was sent.
    public var existingFileCount = 0
    /// Bytes that were sent; of a dry run those that would be.
    public var uploadedByteCount: Int64 = 0

    /// Whether the unit was there already, with other notes than were given; it keeps them.
    package var keepsOtherNotes = false

    package init(error: ClientError? = nil) {
        self.error = error
    }
}

/// What became of an upload, item by item.
public struct CollectionUploadResult: Sendable {
    /// The outcomes, in the order of the items.
    public var items: [CollectionUploadItem]

    package init(items: [CollectionUploadItem]) { self.items = items }

    /// The places of the items that were not finished.
    public var failedIndices: [Int] {
        items.indices.filter { items[$0].error != nil }
    }

    /// The data units in the order of the items, those of failed items left out.
    public var dataUnits: [DataUnit.ID] { items.compactMap(\.dataUnit) }
}

/// How far the upload of a collection is.
public struct CollectionUploadProgress: Sendable, Hashable {
    /// Items whose files are on the server, or failed.
    public var finishedFileItemCount: Int
    /// Items whose data units are made, or failed.
    public var finishedUnitItemCount: Int
    /// All items, where the sequence of items can tell.
    public var totalItemCount: Int
    /// Bytes that were sent.
    public var uploadedByteCount: Int64
}
