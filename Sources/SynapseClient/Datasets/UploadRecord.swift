package import SynapseModels

/// One line of a report or a ledger: how one file of a folder ended.
///
/// Source: docs/decisions/0010-dataset-ledger.md.
package struct UploadRecord: Sendable, JSONWritable {
    /// The path below the folder.
    package var path: String
    package var state: CollectionUploadFile.State
    /// A word for programs, such as `unsafe_content`; for files that failed or were skipped.
    package var reason: String?
    /// A sentence for people.
    package var message: String?
    /// What a person should know of a file that did not fail.
    package var note: String?
    /// MD5 in hexadecimal digits.
    package var checksum: String?
    package var byteCount: Int64?
    package var dataUnit: DataUnit.ID?
    package var task: AnnotationTask.ID?
    /// What the file looked like when it was hashed; only in a ledger.
    package var identity: FileSource.Identity?

    /// The reason of a file of which an interrupted run does not know how it ended.
    package static let interrupted = "interrupted"

    /// Whether the run came to no outcome of its own for the file.
    package var isUntold: Bool { reason == ClientError.Code.notTried.rawValue || reason == Self.interrupted }

    package init(path: String, state: CollectionUploadFile.State, reason: String? = nil, message: String? = nil) {
        self.path = path
        self.state = state
        self.reason = reason
        self.message = message
    }

    /// The record of a file that was tried, with its path below the folder.
    package init(_ file: CollectionUploadFile, path: String, of item: CollectionUploadItem) {
        self.init(
            path: path, state: file.state, reason: file.error?.code.rawValue, message: file.error?.description)
        checksum = file.checksum
        byteCount = file.byteCount
        dataUnit = item.dataUnit
        task = item.task
        if item.keepsOtherNotes, let unit = item.dataUnit {
            note = "the unit of the same content keeps its notes: unit \(unit)"
        }
        identity = file.identity
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("path", path)
            writer.member("state", state.rawValue)
            writer.memberIfPresent("reason", reason)
            writer.memberIfPresent("message", message)
            writer.memberIfPresent("note", note)
            writer.memberIfPresent("checksum", checksum)
            writer.memberIfPresent("bytes", byteCount)
            writer.memberIfPresent("data_unit", dataUnit)
            writer.memberIfPresent("task", task)
            guard let identity else { return }
            writer.member("modified", identity.modifiedSeconds)
            writer.member("modified_ns", identity.modifiedNanoseconds)
            writer.member("changed", identity.changedSeconds)
            writer.member("changed_ns", identity.changedNanoseconds)
            // As text: JSON numbers of 64 bits without a sign are not safe everywhere.
            writer.member("device", String(identity.device))
            writer.member("inode", String(identity.inode))
        }
    }
}
