#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the client remembers uploads that are under way.
public enum UploadCheckpoints: Sendable, Hashable {
    /// The user's folder for the state of programs, so that a killed upload goes on when it is started again.
    ///
    /// `$SYNAPSE_STATE_DIR/uploads`, else `$XDG_STATE_HOME/synapse/uploads`, else `~/.local/state/synapse/uploads`; on
    /// Apple platforms `~/Library/Application Support/synapse/uploads` instead of the last two. Without a home folder
    /// nothing is remembered.
    case stateFolder
    /// This folder, which is made when it is missing.
    case folder(String)
    /// The memory of the client: calls of one client go on with one another's uploads.
    case memory
    /// Nowhere: each call begins at the first byte.
    case none

    package func makeStore(_ environment: [String: String]? = nil) -> (any CheckpointStore)? {
        switch self {
        case .none: return nil
        case .memory: return MemoryCheckpointStore()
        case .folder(let path): return FileCheckpointStore(folder: path)
        case .stateFolder:
            let environment = environment ?? ProcessInfo.processInfo.environment
            return StateFolder.path(environment).map { FileCheckpointStore(folder: $0 + "/uploads") }
        }
    }
}
