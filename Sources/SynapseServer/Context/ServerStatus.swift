import Synchronization

/// What `GET /health` tells about the server.
final class ServerStatus: Sendable {
    private let state = Mutex(SweepReport())

    var lastSweep: SweepReport { state.withLock { $0 } }

    func note(_ report: SweepReport) { state.withLock { $0 = report } }
}

/// What a start-up sweep found.
public struct SweepReport: Sendable, Hashable {
    /// Files on the disk that no row named; they were removed.
    public var removedFileCount = 0
    /// Temporary files and parts of uploads that nothing needs; they were removed.
    public var removedTemporaryCount = 0
    /// Uploads that had expired; they were removed.
    public var expiredUploadCount = 0
    /// Rows whose file is missing or of another length; they are kept and were logged.
    public var missingFileCount = 0

    /// Makes an empty report.
    public init() {}
}
