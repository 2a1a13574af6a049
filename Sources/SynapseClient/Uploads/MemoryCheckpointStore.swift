import Synchronization

/// Keeps checkpoints for as long as the client lives.
package final class MemoryCheckpointStore: CheckpointStore {
    fileprivate struct State {
        var checkpoints: [UploadCheckpoint.Key: UploadCheckpoint] = [:]
        var claimed: Set<UploadCheckpoint.Key> = []
    }

    fileprivate let state = Mutex(State())

    package init() {}

    package func claim(_ key: UploadCheckpoint.Key) throws(ClientError) -> (any CheckpointClaim)? {
        let isFree = state.withLock { $0.claimed.insert(key).inserted }
        return isFree ? MemoryClaim(store: self, key: key) : nil
    }

    package func list() throws(ClientError) -> [UploadCheckpoint] {
        state.withLock { $0.checkpoints.values.sorted { ($0.updatedSeconds, $0.path) < ($1.updatedSeconds, $1.path) } }
    }
}

private final class MemoryClaim: CheckpointClaim {
    private let store: MemoryCheckpointStore
    private let key: UploadCheckpoint.Key

    init(store: MemoryCheckpointStore, key: UploadCheckpoint.Key) {
        self.store = store
        self.key = key
    }

    deinit { store.state.withLock { _ = $0.claimed.remove(key) } }

    func load() throws(ClientError) -> UploadCheckpoint? { store.state.withLock { $0.checkpoints[key] } }

    func save(_ checkpoint: UploadCheckpoint) throws(ClientError) {
        store.state.withLock { $0.checkpoints[key] = checkpoint }
    }

    func remove() throws(ClientError) { store.state.withLock { _ = $0.checkpoints.removeValue(forKey: key) } }
}
