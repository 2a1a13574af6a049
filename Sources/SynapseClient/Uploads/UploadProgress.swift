public import SynapseModels

/// How far the upload of one file is.
public struct UploadProgress: Sendable, Hashable {
    /// The local file.
    public var path: String
    /// Bytes that were handed to the network.
    ///
    /// Falls back when a chunk is sent again.
    public var sentByteCount: Int64
    /// Bytes that the server has acknowledged.
    ///
    /// Falls back when the upload starts over, and to what the server still has when it lost some.
    public var acknowledgedByteCount: Int64
    /// Bytes of the file.
    public var totalByteCount: Int64
    /// Bytes that an earlier run had uploaded, after which this one went on.
    public var resumedByteCount: Int64
    /// Bytes that this run handed to the network, those included that it sent again.
    public var transferredByteCount: Int64

    /// Bytes that this run sent more than once, or that it could have spared.
    public var resentByteCount: Int64 { max(0, transferredByteCount - (sentByteCount - resumedByteCount)) }

    package init(
        path: String, sentByteCount: Int64, acknowledgedByteCount: Int64, totalByteCount: Int64,
        resumedByteCount: Int64 = 0, transferredByteCount: Int64 = 0
    ) {
        self.path = path
        self.sentByteCount = sentByteCount
        self.acknowledgedByteCount = acknowledgedByteCount
        self.totalByteCount = totalByteCount
        self.resumedByteCount = resumedByteCount
        self.transferredByteCount = transferredByteCount
    }
}

/// What is known of a file after its chunked upload.
public struct UploadedFile: Sendable {
    /// The upload as the server has it.
    public var upload: ChunkedUpload
    /// The MD5 of the file, computed here while it was sent, in hexadecimal digits.
    public var checksum: String
    /// Bytes of the file.
    public var byteCount: Int64

    package init(upload: ChunkedUpload, checksum: String, byteCount: Int64) {
        self.upload = upload
        self.checksum = checksum
        self.byteCount = byteCount
    }
}
