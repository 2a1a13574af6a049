public import SynapseModels

/// How the upload of a collection goes about it.
public struct CollectionUploadOptions: Sendable {
    /// The project in which each unit gets a task; `nil` makes none.
    public var projectID: Project.ID?
    /// Units of one request, 1 through 1000.
    public var batchSize: Int { didSet { batchSize = min(max(1, batchSize), BackendClient.batchSize) } }
    /// Files that are sent at once, at most; fewer after the server answered 429 or 503.
    public var maximumConcurrency: Int { didSet { maximumConcurrency = max(1, maximumConcurrency) } }
    /// How long a server that can't be reached any more is waited for before the rest is left untried.
    public var outageTolerance: Duration { didSet { outageTolerance = max(outageTolerance, .zero) } }
    /// Whether to hash the files and ask which of them exist, and send and make nothing.
    public var isDryRun: Bool
    /// Told when the server can't be reached any more and is waited for, once until it is there again.
    package var onWait: (@Sendable (ClientError) -> Void)?
    /// What is known of a file from an earlier run, so that it is not read again.
    package var knownDigest: (@Sendable (_ path: String, FileSource.Identity) -> String?)?

    /// Makes options.
    ///
    /// - Parameters:
    ///   - projectID: The project in which each unit gets a task.
    ///   - batchSize: Units of one request, 1 through 1000.
    ///   - maximumConcurrency: Files that are sent at once, at most.
    ///   - outageTolerance: How long a server that can't be reached any more is waited for.
    ///   - isDryRun: Whether to send and make nothing.
    public init(
        projectID: Project.ID? = nil, batchSize: Int = 250, maximumConcurrency: Int = 48,
        outageTolerance: Duration = .seconds(30), isDryRun: Bool = false
    ) {
        self.projectID = projectID
        self.batchSize = min(max(1, batchSize), BackendClient.batchSize)
        self.maximumConcurrency = max(1, maximumConcurrency)
        self.outageTolerance = max(outageTolerance, .zero)
        self.isDryRun = isDryRun
    }
}

/// What became of one item of an upload, and of each of its files.
public struct CollectionUploadOutcome: Sendable {
    /// The place of the item, from 0.
    public var index: Int
    /// The item as a whole.
    public var item: CollectionUploadItem
    /// The files, by the names of their specifications in order.
    public var files: [CollectionUploadFile]
}

/// What became of one file of an upload.
public struct CollectionUploadFile: Sendable {
    /// How a file ended.
    ///
    /// Open: a later version may add states.
    public struct State: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name in reports.
        public let rawValue: String

        /// Makes a state from its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name.
        public var description: String { rawValue }

        /// Its content was sent, and its unit is made.
        public static let uploaded = Self(rawValue: "uploaded")
        /// The server has its content already, or got it from an equal file; its unit is made.
        public static let alreadyThere = Self(rawValue: "already_there")
        /// It, or its unit, could not be uploaded.
        public static let failed = Self(rawValue: "failed")
        /// It was not to be uploaded.
        public static let skipped = Self(rawValue: "skipped")
        /// It would be sent, were it not a dry run.
        public static let planned = Self(rawValue: "planned")
    }

    /// The name of its file specification.
    public var specification: String
    /// The file, as it was given.
    public var path: String
    /// How it ended.
    public var state: State
    /// The MD5 of its content in hexadecimal digits, when it was read.
    public var checksum: String?
    /// Its bytes, when it was read.
    public var byteCount: Int64?
    /// Why it failed.
    public var error: ClientError?
    /// What the file looked like when it was hashed; `nil` when it was written to a moment before.
    package var identity: FileSource.Identity?
}

/// The sums of an upload whose outcomes were handed out one by one.
public struct CollectionUploadSummary: Sendable {
    /// All items.
    public var itemCount = 0
    /// Items that were not finished.
    public var failedItemCount = 0
    /// Files that were sent.
    public var uploadedFileCount = 0
    /// Files that needed no sending: the server had them, or an equal file of the same upload was sent.
    public var existingFileCount = 0
    /// Bytes that were sent.
    public var uploadedByteCount: Int64 = 0
    /// Why the rest was not tried, when the server went away or the token stopped working.
    public var stoppedBy: ClientError?

    package mutating func add(_ item: CollectionUploadItem) {
        itemCount += 1
        if item.error != nil { failedItemCount += 1 }
        uploadedFileCount += item.uploadedFileCount
        existingFileCount += item.existingFileCount
        uploadedByteCount += item.uploadedByteCount
    }
}

extension ClientError.Code {
    /// An item was not tried, because the server could not be reached any more; the cause is the underlying error.
    public static let notTried = Self(rawValue: "not_tried")
    /// A file was not used, because another file of its data unit failed.
    public static let unitIncomplete = Self(rawValue: "unit_incomplete")
}
