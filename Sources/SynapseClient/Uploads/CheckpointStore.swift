/// Where checkpoints of uploads are kept: files or memory, with the same rules.
///
/// One upload at a time has a key. Another of the same file, in this process or any other, finds it taken.
package protocol CheckpointStore: Sendable {
    /// Takes a key; the claim lasts until its last reference is gone, or the process.
    ///
    /// - Returns: `nil` when another upload has it.
    /// - Throws: ``ClientError`` coded `checkpointFailed`.
    func claim(_ key: UploadCheckpoint.Key) throws(ClientError) -> (any CheckpointClaim)?

    /// All checkpoints, the oldest first; what can't be read is left out.
    ///
    /// - Throws: ``ClientError`` coded `checkpointFailed`.
    func list() throws(ClientError) -> [UploadCheckpoint]
}

/// The right of one upload to its checkpoint.
package protocol CheckpointClaim: Sendable {
    /// What an earlier run left; `nil` for nothing, and for what is damaged or of another version.
    func load() throws(ClientError) -> UploadCheckpoint?
    /// Replaces the checkpoint in one step: a reader finds the old one or the new one.
    func save(_ checkpoint: UploadCheckpoint) throws(ClientError)
    /// Removes the checkpoint; none is no error.
    func remove() throws(ClientError)
}

extension ClientError.Code {
    /// The folder of the checkpoints of uploads can't be used.
    public static let checkpointFailed = Self(rawValue: "checkpoint_failed")
}
