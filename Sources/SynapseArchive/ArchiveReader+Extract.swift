#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension ArchiveReader {
    /// Unpacks everything into a folder.
    ///
    /// Every name is opened below the folder's own descriptor and no link is followed, so that nothing is made outside, even while
    /// another process changes the folder. Nothing that is there is written over. Files get mode 0644, or 0755 when they may be run.
    /// After an error the folder holds what was unpacked so far, and is the caller's to remove.
    ///
    /// - Parameter folder: Where to; made when it is not there, while the folder above it must be.
    /// - Throws: ``ArchiveError``, or `CancellationError`.
    public func extract(into folder: String) throws {
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw ArchiveError(.inputOutput, "the folder \(folder) can't be made (error \(errno))")
        }
        let root = try Descriptor.folder(folder)
        for entry in entries {
            try Task.checkCancellation()
            var components = try EntryNames.components(of: entry.name)
            let last = components.removeLast()
            var parent = root
            for component in components { parent = try parent.subfolder(component, entry: entry.name) }
            if entry.isFolder {
                _ = try parent.subfolder(last, entry: entry.name)
                continue
            }
            let file = try parent.newFile(last, isExecutable: entry.isExecutable, entry: entry.name)
            var offset: Int64 = 0
            try unsafe unpack(entry) { piece in
                try unsafe file.write(piece, at: offset)
                offset += Int64(piece.count)
            }
        }
    }
}
