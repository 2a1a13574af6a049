#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

import Synchronization

/// What one upload remembers beyond its process.
///
/// A store that fails costs the memory, never the upload: it is said once, and the upload goes on without.
package final class UploadJournal: Sendable {
    package let key: UploadCheckpoint.Key
    private let source: FileSource
    private let claim: (any CheckpointClaim)?
    private let notify: @Sendable (UploadNotice.Code, Int64, String) -> Void
    /// When the upload began that is remembered.
    private let created = Mutex(UploadJournal.now)
    private let hasSaidSo = Mutex(false)

    /// Takes the upload's place in the store.
    package init(
        _ store: (any CheckpointStore)?, key: UploadCheckpoint.Key, source: FileSource,
        notify: @escaping @Sendable (UploadNotice.Code, Int64, String) -> Void
    ) {
        self.key = key
        self.source = source
        self.notify = notify
        var claim: (any CheckpointClaim)?
        do throws(ClientError) {
            claim = try store?.claim(key)
            if store != nil, claim == nil {
                notify(
                    .heldElsewhere, 0,
                    "another upload of this file is under way; this one is its own, and can't be gone on with")
            }
        } catch {
            notify(.notRemembered, 0, "the upload can't be gone on with when it is killed: \(error.message)")
        }
        self.claim = claim
    }

    /// What an earlier run left.
    package func load() -> UploadCheckpoint? {
        guard let checkpoint = (try? claim?.load()) ?? nil else { return nil }
        created.withLock { $0 = checkpoint.createdSeconds }
        return checkpoint
    }

    package func save(_ upload: UploadStateMachine.Upload, chunk: Int64, offset: Int64, checked: (Int64, String)) {
        guard let claim else { return }
        let checkpoint = UploadCheckpoint(
            uploadID: upload.id, uploadURL: String(upload.url.prefix { $0 != "?" && $0 != "#" }), server: key.server,
            tenant: key.tenant, path: key.path, byteCount: source.byteCount,
            modifiedNanoseconds: source.identity.modifiedTotalNanoseconds, chunkByteCount: chunk, offset: offset,
            checkedByteCount: checked.0, checksum: checked.1, createdSeconds: created.withLock { $0 },
            updatedSeconds: Self.now)
        do throws(ClientError) {
            try claim.save(checkpoint)
        } catch {
            let isSaid = hasSaidSo.withLock { said in
                defer { said = true }
                return said
            }
            if isSaid { return }
            notify(.notRemembered, offset, "the upload can't be gone on with when it is killed: \(error.message)")
        }
    }

    /// Forgets the upload.
    package func clear() {
        created.withLock { $0 = Self.now }
        try? claim?.remove()
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
