import GRDB
import SynapseModels

/// A row of `chunked_upload` with its content's, when it is complete.
struct ChunkedUploadRecord: Sendable {
    static let columns = """
        chunked_upload.id, chunked_upload.user_id, chunked_upload.filename, chunked_upload.total, \
        chunked_upload.offset, chunked_upload.last_start, chunked_upload.stored_file_id, chunked_upload.created, \
        chunked_upload.completed, chunked_upload.expires, stored_file.name, stored_file.md5
        """

    let id: String
    let user: Int64
    let filename: String
    let total: Int64
    let offset: Int64
    let lastStart: Int64?
    let storedFile: Int64?
    let created: String
    let completed: String?
    let expires: String
    let storedName: String?
    let md5: String?

    init(row: Row) {
        id = row[0]
        user = row[1]
        filename = row[2]
        total = row[3]
        offset = row[4]
        lastStart = row[5]
        storedFile = row[6]
        created = row[7]
        completed = row[8]
        expires = row[9]
        storedName = row[10]
        md5 = row[11]
    }

    func write(to writer: inout JSONWriter, _ links: LinkMaker) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("url", links.absolute("/chunked_upload/\(id)/"))
            writer.member("filename", filename)
            writer.member("offset", offset)
            writer.member("size", total)
            writer.member("file", storedName.map { links.file(name: $0, filename: filename) })
            writer.member("checksum", md5)
            writer.member("created_at", created)
            writer.member("completed_at", completed)
            writer.member("status", completed == nil ? 1 : 2)
            writer.member("user", user)
        }
    }
}
