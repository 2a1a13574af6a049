import GRDB
import SynapseModels

/// A row of `presigned_upload`: a file that was announced.
struct PresignedUploadRecord: Sendable {
    static let columns =
        "id, tenant_id, file_key, filename, content_type, total, part_byte_count, data_file_id, is_new, expires"

    /// The most parts that one upload has, as everywhere.
    static let partLimit: Int64 = 10_000

    let id: String
    let tenant: Int64
    let fileKey: String
    let filename: String
    let contentType: String?
    let total: Int64
    /// Bytes of every part but the last; nil for a file that comes in one request.
    let partByteCount: Int64?
    let dataFile: Int64?
    let isNew: Bool
    let expires: String

    init(row: Row) {
        id = row[0]
        tenant = row[1]
        fileKey = row[2]
        filename = row[3]
        contentType = row[4]
        total = row[5]
        partByteCount = row[6]
        dataFile = row[7]
        isNew = row[8]
        expires = row[9]
    }

    /// The numbers of the pieces: 0 for the one request, or the parts from 1.
    var pieceNumbers: ClosedRange<Int> {
        partByteCount.map { 1...Int((total + $0 - 1) / $0) } ?? 0...0
    }

    /// The bytes that a piece must have.
    func byteCount(ofPiece number: Int) -> Int64? {
        guard pieceNumbers.contains(number) else { return nil }
        guard let part = partByteCount else { return total }
        return min(part, total - Int64(number - 1) * part)
    }

    /// Writes what the client needs to send the file; URLs end at `expires`, in seconds since 1970.
    func write(to writer: inout JSONWriter, _ links: LinkMaker, expires: Int) {
        func url(_ number: Int, _ action: URLSigner.UploadAction = .put) -> String {
            links.absolute(links.signer.signedUploadPath(id, piece: number, action, expires: expires))
        }
        writer.object { writer in
            writer.member("filename", filename)
            writer.member("file_key", fileKey)
            writer.member("presigned_url", partByteCount == nil ? url(0) : nil)
            guard let partByteCount else { return writer.member("multipart", String?.none) }
            writer.member("multipart") { writer in
                writer.object { writer in
                    writer.member("upload_id", id)
                    writer.member("part_size", partByteCount)
                    writer.member("parts") { writer in
                        writer.array { writer in
                            for number in pieceNumbers {
                                writer.element { writer in
                                    writer.object { writer in
                                        writer.member("part_number", number)
                                        writer.member("presigned_url", url(number))
                                    }
                                }
                            }
                        }
                    }
                    writer.member("abort_url", url(0, .abort))
                }
            }
        }
    }
}

/// A row of `presigned_piece`: bytes that have arrived.
struct PresignedPiece: Sendable {
    let number: Int
    let name: String
    let digests: ContentDigests

    init(number: Int, name: String, digests: ContentDigests) {
        self.number = number
        self.name = name
        self.digests = digests
    }

    init(row: Row) {
        number = row[0]
        name = row[1]
        digests = ContentDigests(md5: row[3], sha1: row[4], byteCount: row[2])
    }
}
