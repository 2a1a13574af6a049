import GRDB
import SynapseModels

/// A row of `data_file` with its content's.
struct DataFileRecord: Sendable {
    static let columns = """
        data_file.id, data_file.original_name, data_file.meta, data_file.created, data_file.modified, \
        (SELECT name FROM stored_file WHERE stored_file.id = data_file.stored_file_id), \
        (SELECT byte_count FROM stored_file WHERE stored_file.id = data_file.stored_file_id), \
        (SELECT md5 FROM stored_file WHERE stored_file.id = data_file.stored_file_id), \
        (SELECT sha1 FROM stored_file WHERE stored_file.id = data_file.stored_file_id)
        """

    let id: Int64
    let originalName: String
    let meta: String
    let created: String
    let modified: String
    let name: String
    let digests: ContentDigests

    init(row: Row) {
        id = row[0]
        originalName = row[1]
        meta = row[2]
        created = row[3]
        modified = row[4]
        name = row[5]
        digests = ContentDigests(md5: row[7], sha1: row[8], byteCount: row[6])
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("checksum", wanted, digests.md5)
            writer.member("sha1", wanted, digests.sha1)
            writer.member("size", wanted, digests.byteCount)
            writer.member("file_size", wanted, digests.byteCount)
            writer.member("file", wanted, links.file(name: name, filename: originalName))
            writer.member("file_name_original", wanted, originalName)
            writer.member("meta", wanted, RawJSON(stored: meta))
            writer.member("created", wanted, created)
            writer.member("created_at", wanted, created)
            writer.member("updated_at", wanted, modified)
        }
    }
}
