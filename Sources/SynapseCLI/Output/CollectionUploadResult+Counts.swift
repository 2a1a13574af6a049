import SynapseClient

extension CollectionUploadResult {
    /// Files whose bytes were sent.
    var sentFileCount: Int { items.reduce(0) { $0 + $1.uploadedFileCount } }

    /// Files that the backend had before.
    var existingFileCount: Int { items.reduce(0) { $0 + $1.existingFileCount } }
}
