import GRDB
import SynapseModels

/// A row of `data_unit` with its files.
struct DataUnitRecord: Sendable {
    static let columns = """
        data_unit.id, data_unit.data_collection_id, data_unit.group_id, data_unit.checksum, data_unit.meta, \
        data_unit.created
        """

    struct File: Sendable {
        let specification: String
        let fileType: String
        let isPrimary: Bool
        let path: String
        let originalName: String
        let name: String
        let byteCount: Int64
        let md5: String
        let meta: String
    }

    let id: Int64
    let collection: Int64
    let group: Int64?
    let checksum: String
    let meta: String
    let created: String
    var files: [File] = []

    init(row: Row) {
        id = row[0]
        collection = row[1]
        group = row[2]
        checksum = row[3]
        meta = row[4]
        created = row[5]
    }

    func write(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker,
        collection record: DataCollectionRecord? = nil
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            if wanted.contains("data_collection") {
                writer.member("data_collection") { writer in
                    if let record { record.write(to: &writer, .all) } else { collection.write(to: &writer) }
                }
            }
            writer.filesByName("files", wanted, files, links)
            writer.member("meta", wanted, RawJSON(stored: meta))
            writer.member("group", wanted, group)
            writer.member("checksum", wanted, checksum)
            writer.member("created", wanted, created)
        }
    }
}

extension DataUnitRecord.File {
    func write(to writer: inout JSONWriter, _ links: LinkMaker) {
        let shown = path.isEmpty ? originalName : Filename.base(path)
        writer.object { writer in
            writer.member("url", links.file(name: name, filename: shown))
            writer.member("specification", specification)
            writer.member("is_primary", isPrimary)
            writer.member("file_type", fileType)
            writer.member("file_name_original", shown)
            writer.member("checksum", md5)
            writer.member("size", byteCount)
            writer.member("meta", RawJSON(stored: meta))
        }
    }
}
