/// Reads and checks the directory of an archive.
struct ArchiveDirectory {
    let file: Descriptor
    let limits: ArchiveLimits

    /// The end record of the archive.
    private struct End {
        var entryCount: Int
        var offset: Int64
        var byteCount: Int
    }

    /// A row of the directory, and where its entry starts.
    private struct Row {
        var entry: ArchiveEntry
        var rawName: ArraySlice<UInt8>
        var flags: UInt16
        var offset: Int64
    }

    func entries() throws(ArchiveError) -> [ArchiveEntry] {
        let end = try end()
        try limits.check(entryCount: end.entryCount)
        let rows = try rows(end)
        return try placed(rows, before: end.offset)
    }

    // MARK: The end record

    private func end() throws(ArchiveError) -> End {
        let total = try file.byteCount()
        guard total >= Int64(ZipFormat.endByteCount) else {
            throw ArchiveError(total == 0 ? .truncated : .damaged, "the file is no ZIP archive")
        }
        let longest = Int64(ZipFormat.endByteCount + 65_535)
        let start = max(0, total - longest)
        let tail = try file.read(at: start, count: Int(total - start))
        var position = tail.count - ZipFormat.endByteCount
        while position >= 0 {
            let fields = ZipFields(tail[position...])
            // A comment may hold the signature too; the record that counts ends with the file.
            if fields.long(0) == ZipFormat.endSignature,
                position + ZipFormat.endByteCount + Int(fields.short(20)) == tail.count
            {
                return try checkedEnd(fields, at: start + Int64(position), tail: tail[..<position])
            }
            position -= 1
        }
        let first = try file.read(at: 0, count: 4)
        if first.count == 4, ZipFields(first[...]).long(0) == ZipFormat.localSignature {
            throw ArchiveError(.truncated, "the file ends before the archive does")
        }
        throw ArchiveError(.damaged, "the file is no ZIP archive")
    }

    private func checkedEnd(
        _ fields: ZipFields, at position: Int64, tail: ArraySlice<UInt8>
    ) throws(ArchiveError) -> End {
        let locator = tail.suffix(ZipFormat.zip64LocatorByteCount)
        if locator.count == ZipFormat.zip64LocatorByteCount,
            ZipFields(locator).long(0) == ZipFormat.zip64LocatorSignature
        {
            throw ArchiveError(.unsupported, "it is in the ZIP64 form, which is for archives above 4 GiB")
        }
        let counts = (fields.short(8), fields.short(10))
        if fields.short(4) != 0 || fields.short(6) != 0 || counts.0 != counts.1 {
            throw ArchiveError(.unsupported, "it is one of several files")
        }
        let byteCount = Int64(fields.long(12))
        let offset = Int64(fields.long(16))
        if counts.1 == .max || byteCount == Int64(UInt32.max) || offset == Int64(UInt32.max) {
            throw ArchiveError(.unsupported, "it is in the ZIP64 form, which is for archives above 4 GiB")
        }
        if offset + byteCount != position {
            throw ArchiveError(.damaged, "its directory is not where it should be")
        }
        if byteCount < Int64(counts.1) * Int64(ZipFormat.centralByteCount) {
            throw ArchiveError(.damaged, "its directory is too short for its entries")
        }
        return End(entryCount: Int(counts.1), offset: offset, byteCount: Int(byteCount))
    }

    // MARK: The directory

    private func rows(_ end: End) throws(ArchiveError) -> [Row] {
        // Each row has a name, an extra field and a comment, of which each may be 64 KiB.
        let longest = limits.entryCount * 1024 + (1 << 20)
        guard end.byteCount <= longest else {
            throw ArchiveError(.limitExceeded, "its directory has \(end.byteCount) bytes; at most \(longest) are taken")
        }
        let bytes = try file.read(at: end.offset, count: end.byteCount)
        guard bytes.count == end.byteCount else { throw ArchiveError(.truncated, "the file ends in its directory") }
        var rows: [Row] = []
        rows.reserveCapacity(end.entryCount)
        var names = EntryNames()
        var total: Int64 = 0
        var position = 0
        for _ in 0..<end.entryCount {
            guard position + ZipFormat.centralByteCount <= bytes.count else {
                throw ArchiveError(.damaged, "its directory is too short for its entries")
            }
            let fields = ZipFields(bytes[position...])
            guard fields.long(0) == ZipFormat.centralSignature else {
                throw ArchiveError(.damaged, "its directory has a row that is none")
            }
            let nameEnd = position + ZipFormat.centralByteCount + Int(fields.short(28))
            let next = nameEnd + Int(fields.short(30)) + Int(fields.short(32))
            guard next <= bytes.count else { throw ArchiveError(.damaged, "its directory is cut") }
            let rawName = bytes[(position + ZipFormat.centralByteCount)..<nameEnd]
            let row = try row(fields, rawName: rawName)
            try names.take(row.entry.name, isFolder: row.entry.isFolder)
            total += row.entry.byteCount
            try limits.check(total: total)
            rows.append(row)
            position = next
        }
        guard position == bytes.count else { throw ArchiveError(.damaged, "its directory has more rows than declared") }
        return rows
    }

    private func row(_ fields: ZipFields, rawName: ArraySlice<UInt8>) throws(ArchiveError) -> Row {
        guard var name = String(validating: rawName, as: UTF8.self) else {
            throw ArchiveError(.unsafeName, "its name is not UTF-8", entry: String(decoding: rawName, as: UTF8.self))
        }
        let isFolder = name.utf8.last == UInt8(ascii: "/")
        if isFolder { name = String(name.dropLast()) }
        _ = try EntryNames.components(of: name)

        let flags = fields.short(8)
        let unreadable =
            ZipFormat.encryptedFlag | ZipFormat.strongEncryptionFlag | ZipFormat.maskedHeaderFlag
        if flags & unreadable != 0 { throw ArchiveError(.unsupported, "it is encrypted", entry: name) }
        if flags & ZipFormat.patchFlag != 0 { throw ArchiveError(.unsupported, "it is a patch", entry: name) }
        guard let method = ArchiveEntry.Method(rawValue: fields.short(10)) else {
            throw ArchiveError(
                .unsupported, "its compression method is \(fields.short(10)); 'stored' and 'deflate' are read",
                entry: name)
        }
        if fields.short(34) != 0 { throw ArchiveError(.unsupported, "it is in another file", entry: name) }
        let packed = fields.long(20)
        let byteCount = fields.long(24)
        let offset = fields.long(42)
        if packed == .max || byteCount == .max || offset == .max {
            throw ArchiveError(.unsupported, "it is in the ZIP64 form, which is for files above 4 GiB", entry: name)
        }
        let mode = fields.long(38) >> 16
        try check(mode: mode, isFolder: isFolder, name)
        if isFolder, byteCount != 0 { throw ArchiveError(.notAFile, "it is a folder with content", entry: name) }
        if method == .stored, packed != byteCount {
            throw ArchiveError(.sizeMismatch, "it is stored as it is, and its sizes differ", entry: name)
        }
        try limits.check(name, byteCount: Int64(byteCount), packedByteCount: Int64(packed))
        let entry = ArchiveEntry(
            name: name, isFolder: isFolder, isExecutable: mode & 0o111 != 0, byteCount: Int64(byteCount),
            packedByteCount: Int64(packed), method: method, checksum: fields.long(16), contentOffset: 0)
        return Row(entry: entry, rawName: rawName, flags: flags, offset: Int64(offset))
    }

    /// The kind of file stands in the upper bits of the mode; archives made elsewhere than on Unix have none.
    private func check(mode: UInt32, isFolder: Bool, _ name: String) throws(ArchiveError) {
        switch mode & 0o170_000 {
        case 0: return
        case 0o100_000 where !isFolder: return
        case 0o040_000 where isFolder: return
        case 0o120_000: throw ArchiveError(.notAFile, "it is a symbolic link", entry: name)
        case 0o100_000, 0o040_000:
            throw ArchiveError(.notAFile, "its name and its mode differ on whether it is a folder", entry: name)
        default: throw ArchiveError(.notAFile, "it is a device, a pipe or a socket", entry: name)
        }
    }

    // MARK: The entries

    /// Finds where each content starts, and refuses entries that share bytes.
    private func placed(_ rows: [Row], before directory: Int64) throws(ArchiveError) -> [ArchiveEntry] {
        var entries = rows.map(\.entry)
        var free: Int64 = 0
        for index in rows.indices.sorted(by: { rows[$0].offset < rows[$1].offset }) {
            let row = rows[index]
            let name = row.entry.name
            if row.offset < free {
                throw ArchiveError(.overlapping, "it shares bytes with another entry", entry: name)
            }
            if free == 0, row.offset != 0 {
                throw ArchiveError(.damaged, "something stands before the first entry", entry: name)
            }
            let headByteCount = ZipFormat.localByteCount + row.rawName.count
            guard row.offset + Int64(headByteCount) <= directory else {
                throw ArchiveError(.damaged, "it is not where the directory says", entry: name)
            }
            let head = try file.read(at: row.offset, count: headByteCount)
            guard head.count == headByteCount else { throw ArchiveError(.truncated, "the file is cut", entry: name) }
            let start = row.offset + Int64(headByteCount) + Int64(try extraByteCount(of: head, row))
            free = start + row.entry.packedByteCount
            guard free <= directory else {
                throw ArchiveError(.overlapping, "it reaches into the archive's directory", entry: name)
            }
            entries[index].contentOffset = start
        }
        return entries
    }

    /// Compares an entry's own header with the directory.
    ///
    /// - Returns: The bytes of its extra field.
    private func extraByteCount(of head: [UInt8], _ row: Row) throws(ArchiveError) -> Int {
        let fields = ZipFields(head[...])
        let name = row.entry.name
        guard fields.long(0) == ZipFormat.localSignature else {
            throw ArchiveError(.damaged, "it is not where the directory says", entry: name)
        }
        guard fields.short(26) == row.rawName.count, head[ZipFormat.localByteCount...].elementsEqual(row.rawName) else {
            throw ArchiveError(.damaged, "the directory gives it another name", entry: name)
        }
        guard fields.short(8) == row.entry.method.rawValue else {
            throw ArchiveError(.damaged, "the directory gives it another compression method", entry: name)
        }
        guard fields.short(6) & ZipFormat.encryptedFlag == 0 else {
            throw ArchiveError(.unsupported, "it is encrypted", entry: name)
        }
        let hasDescriptor = fields.short(6) & ZipFormat.descriptorFlag != 0
        if !hasDescriptor {
            guard fields.long(14) == row.entry.checksum else {
                throw ArchiveError(.damaged, "the directory gives it another checksum", entry: name)
            }
            guard Int64(fields.long(18)) == row.entry.packedByteCount, Int64(fields.long(22)) == row.entry.byteCount
            else { throw ArchiveError(.sizeMismatch, "the directory gives it another size", entry: name) }
        }
        return Int(fields.short(28))
    }
}
