package import SynapseModels

/// Uploads items window by window: hashes the files, asks which of them exist, sends the rest, makes units and tasks.
///
/// Up to three windows are on their way at once, so that hashing, sending and making units go on beside each other;
/// units are made and outcomes handed out in the order of the items. Every step records what it did in the items, so
/// that a failure costs the items it concerns and no other.
package struct CollectionUploader: Sendable {
    /// Windows begun and not handed out.
    private static let openWindowCount = 3
    /// Items of the first window; each next is twice as large, up to a batch, so that sending begins soon.
    private static let firstWindowCount = 125

    package let client: BackendClient
    package let collection: DataCollection.ID
    package let options: CollectionUploadOptions
    let outage: UploadOutage
    let slots: UploadSlots
    private let onProgress: (@Sendable (CollectionUploadProgress) -> Void)?

    package init(
        client: BackendClient, collection: DataCollection.ID, options: CollectionUploadOptions,
        onProgress: (@Sendable (CollectionUploadProgress) -> Void)?
    ) {
        self.client = client
        self.collection = collection
        self.options = options
        self.onProgress = onProgress
        outage = UploadOutage(tolerance: options.outageTolerance, client: client, onWait: options.onWait)
        slots = UploadSlots(
            ConcurrencyWindow(start: 8, maximum: options.maximumConcurrency), clock: client.clock,
            longestPause: client.configuration.retry.longestRetryAfter)
    }

    /// An item on its way.
    struct Work: Sendable {
        var index: Int
        var item: OrganizedFile
        var files: [LocalFile] = []
        var outcome = CollectionUploadItem()

        /// The item failed, by one of its files or as a whole.
        mutating func fail(_ error: ClientError) { outcome.error = outcome.error ?? error }
    }

    /// A file of an item.
    struct LocalFile: Sendable {
        var specification: String
        var path: String
        var hashed: HashedFile?
        /// Whether the file was at rest when it was hashed.
        var isSettled = false
        var state: CollectionUploadFile.State?
        var error: ClientError?
    }

    /// - Throws: `CancellationError`, or what `onOutcome` throws; every other failure is in the outcomes.
    package func run(
        _ items: some Sequence<OrganizedFile>, _ onOutcome: (CollectionUploadOutcome) async throws -> Void
    ) async throws -> CollectionUploadSummary {
        let progress = CollectionProgressCount(total: items.underestimatedCount, report: onProgress)
        var summary = CollectionUploadSummary()
        var iterator = items.makeIterator()
        try await withThrowingTaskGroup(of: (Int, [Work]).self) { group in
            var (begun, handedOut, taken) = (0, 0, 0)
            var finished: [Int: [Work]] = [:]
            func beginNext() {
                let size = min(options.batchSize, Self.firstWindowCount << min(begun, 10))
                var works: [Work] = []
                while works.count < size, let item = iterator.next() {
                    works.append(Work(index: taken, item: item))
                    taken += 1
                }
                guard !works.isEmpty else { return }
                let (number, window) = (begun, works)
                group.addTask { (number, try await self.uploadFiles(window, progress)) }
                begun += 1
            }
            for _ in 0..<Self.openWindowCount { beginNext() }
            while let (number, works) = try await group.next() {
                finished[number] = works
                while var works = finished.removeValue(forKey: handedOut) {
                    handedOut += 1
                    if !options.isDryRun {
                        try await makeUnits(&works)
                        try await makeTasks(&works)
                    }
                    for work in works {
                        summary.add(work.outcome)
                        try await onOutcome(Self.outcome(of: work))
                    }
                    progress.unitsFinished(works.count)
                    beginNext()
                }
            }
        }
        summary.stoppedBy = outage.stoppedBy
        return summary
    }

    /// Tells each file how it ended, which its item decides where the item failed.
    private static func outcome(of work: Work) -> CollectionUploadOutcome {
        let files = work.files.map { file in
            var result = CollectionUploadFile(
                specification: file.specification, path: file.path, state: file.state ?? .failed,
                checksum: file.hashed?.checksum, byteCount: file.hashed?.byteCount, error: file.error,
                // A digest that the server did not find is not trusted: the next run computes it again.
                identity: file.isSettled && file.error?.code != .checksumMismatch ? file.hashed?.identity : nil)
            if let error = work.outcome.error, result.error == nil {
                let isOfSibling = work.files.contains { $0.error != nil }
                result.state = .failed
                result.error = isOfSibling ? ClientError(.unitIncomplete, "another file of its unit failed") : error
            }
            return result
        }
        return CollectionUploadOutcome(index: work.index, item: work.outcome, files: files)
    }
}
