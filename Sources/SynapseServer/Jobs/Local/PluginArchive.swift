import SynapseArchive

/// The archives of plugin releases.
enum PluginArchive {
    /// Content is compared with its checksums before a job needs it, as long as that is quick.
    private static let checkedByteCount: Int64 = 64 << 20
    private static let checkedEntryByteCount = 8 << 20

    /// Looks at an archive without writing anything: names, kinds and sizes of all entries, the content of small ones.
    ///
    /// Blocks.
    /// - Throws: ``APIError`` for the field `file` that says what is wrong with it.
    static func check(_ path: String) throws {
        do {
            let archive = try ArchiveReader(path: path)
            var rest = checkedByteCount
            for entry in archive.entries where !entry.isFolder && entry.byteCount <= checkedEntryByteCount {
                rest -= entry.byteCount
                if rest < 0 { break }
                _ = try archive.read(entry, upTo: checkedEntryByteCount)
            }
        } catch let error as ArchiveError {
            let text = error.description
            throw APIError.field("file", text.prefix(1).uppercased() + text.dropFirst() + ".")
        }
    }

    /// Unpacks an archive into a new folder; blocks.
    ///
    /// - Throws: ``JobExecutorError`` coded `.refused` that says what is wrong with it.
    static func unpack(_ path: String, into folder: String) throws {
        do {
            try ArchiveReader(path: path).extract(into: folder)
        } catch let error as ArchiveError {
            let text = error.description
            throw JobExecutorError.refused(text.prefix(1).uppercased() + text.dropFirst() + ".")
        }
    }
}
