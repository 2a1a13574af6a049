public import SynapseModels

/// How a bulk upload goes about it.
public struct BulkUploadOptions: Sendable, Hashable {
    /// Requests that send at once, files and parts of files together.
    public var maximumConcurrency: Int { didSet { maximumConcurrency = max(1, maximumConcurrency) } }
    /// Files of one batch, 1 through 1000.
    public var batchSize: Int { didSet { batchSize = min(max(1, batchSize), 1000) } }
    /// Tries of one request to a storage that can be reached.
    public var attempts: Int { didSet { attempts = max(1, attempts) } }
    /// How long signed URLs shall last, 60 s through one day.
    public var expiration: Duration { didSet { expiration = min(max(expiration, .seconds(60)), .seconds(86_400)) } }

    /// How long a server or storage that can't be reached any more is waited for before the rest is left untried.
    public var outageTolerance: Duration { didSet { outageTolerance = max(outageTolerance, .zero) } }

    /// Makes options.
    ///
    /// - Parameters:
    ///   - maximumConcurrency: Requests that send at once.
    ///   - batchSize: Files of one batch, 1 through 1000.
    ///   - attempts: Tries of one request to a storage that can be reached.
    ///   - expiration: How long signed URLs shall last, 60 s through one day.
    ///   - outageTolerance: How long a server that can't be reached any more is waited for.
    public init(
        maximumConcurrency: Int = 10, batchSize: Int = 200, attempts: Int = 4, expiration: Duration = .seconds(3600),
        outageTolerance: Duration = .seconds(30)
    ) {
        self.maximumConcurrency = max(1, maximumConcurrency)
        self.batchSize = min(max(1, batchSize), 1000)
        self.attempts = max(1, attempts)
        self.expiration = min(max(expiration, .seconds(60)), .seconds(86_400))
        self.outageTolerance = max(outageTolerance, .zero)
    }
}

/// What became of one file of a bulk upload.
public struct BulkUploadFile: Sendable {
    /// The file, as it was given.
    public var path: String
    /// The data file, when the upload was confirmed.
    public var dataFile: DataFile.ID?
    /// Whether the data file is new, where the server tells.
    public var isNew: Bool?
    /// The SHA-1 of the content in hexadecimal digits, when it was sent.
    public var sha1: String?
    /// The MD5 of the content in hexadecimal digits, when it was sent.
    public var md5: String?
    /// Bytes of the file; 0 for one that can't be read.
    public var byteCount: Int64 = 0
    /// Why the file was not uploaded.
    public var error: ClientError?
}

/// What became of a bulk upload, file by file.
public struct BulkUploadResult: Sendable {
    /// The outcomes, in the order of the files.
    public var files: [BulkUploadFile]

    /// The places of the files that were not uploaded.
    public var failedIndices: [Int] { files.indices.filter { files[$0].error != nil } }
}

/// How far a bulk upload is.
public struct BulkUploadProgress: Sendable, Hashable {
    /// Files that were sent or given up.
    public var finishedFileCount: Int
    /// All files.
    public var totalFileCount: Int
    /// Bytes of the files that were sent.
    public var sentByteCount: Int64
}

/// What the storage and this client know of a file that was sent by a signed URL.
public struct PresignedFileUpload: Sendable, Hashable {
    /// The SHA-1 of the content in hexadecimal digits.
    public var sha1: String
    /// The MD5 of the content in hexadecimal digits.
    public var md5: String
    /// Bytes.
    public var byteCount: Int64
    /// The `ETag` of the storage's answer, where there was one.
    public var etag: String?
}
