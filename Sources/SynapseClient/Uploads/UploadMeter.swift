import Synchronization

/// Counts the bytes of one upload and reports how far it is.
package final class UploadMeter: Sendable {
    private let state: Mutex<UploadProgress>
    private let onProgress: (@Sendable (UploadProgress) -> Void)?

    package init(_ source: FileSource, _ onProgress: (@Sendable (UploadProgress) -> Void)?) {
        state = Mutex(
            UploadProgress(
                path: source.path, sentByteCount: 0, acknowledgedByteCount: 0, totalByteCount: source.byteCount))
        self.onProgress = onProgress
    }

    /// Where this run went on with an earlier one.
    package func resumed(at offset: Int64) { state.withLock { $0.resumedByteCount = offset } }

    /// A piece of a chunk was handed to the network.
    package func sent(_ count: Int64, to offset: Int64) {
        report { progress in
            progress.sentByteCount = offset
            progress.transferredByteCount += count
        }
    }

    /// The server has everything up to `offset`.
    package func acknowledged(_ offset: Int64) {
        report { progress in
            progress.sentByteCount = offset
            progress.acknowledgedByteCount = offset
        }
    }

    /// Everything begins again.
    package func startedOver() {
        report { progress in
            progress.resumedByteCount = 0
            progress.sentByteCount = 0
            progress.acknowledgedByteCount = 0
        }
    }

    private func report(_ change: (inout UploadProgress) -> Void) {
        let progress = state.withLock { state in
            change(&state)
            return state
        }
        onProgress?(progress)
    }
}
