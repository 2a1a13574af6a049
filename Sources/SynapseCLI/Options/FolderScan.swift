import SynapseClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the regular files below a folder.
///
/// Names are bytes here, as the file system has them: one that is not UTF-8 is told, not lost.
struct FolderScan {
    /// The files, ordered by the bytes of their paths.
    var files = PathList()
    /// What looks like a file that was meant and can't be sent: pipes, devices, folders that can't be read, links that
    /// lead to a folder or nowhere, names that are not UTF-8.
    var unusable: [UnitGrouping.Skipped] = []
    /// Hidden files and folders, which are left out.
    private(set) var hidden: [UnitGrouping.Skipped] = []
    /// Links to folders, and those to files outside of the folder, unless these are wanted.
    var outside: [UnitGrouping.Skipped] = []

    /// The folder without a slash at its end, as the paths begin.
    private(set) var root: String
    private let extensions: [String]
    /// The folder with all links resolved; `nil` when links may lead anywhere.
    private let boundary: [UInt8]?

    /// Searches a folder and its subfolders; hidden files and folders are left out, links to folders not followed.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - extensions: The extensions to take, in lower case; none takes every file.
    ///   - followsLinks: Whether to take files outside of the folder to which links in it lead.
    /// - Returns: What was found.
    /// - Throws: ``UsageError`` when the folder is not there or can't be read.
    static func files(in folder: String, extensions: [String] = [], followsLinks: Bool = true) throws -> FolderScan {
        try LocalFile.checkFolder(folder)
        var scan = FolderScan(folder: folder, extensions: extensions, followsLinks: followsLinks)
        var open = [Array(scan.root.utf8)]
        while let current = open.popLast() {
            guard let entries = Self.entries(of: current) else {
                guard current.count > scan.root.utf8.count else {
                    throw UsageError("the folder \(folder) can't be read")
                }
                scan.refuse(current, "folder_unreadable", "a folder that can't be read")
                continue
            }
            for entry in entries {
                let path = current + [UInt8(ascii: "/")] + entry.name
                guard entry.name.first != UInt8(ascii: ".") else {
                    let kind = entry.kind == .folder ? "folder" : "file"
                    scan.hidden.append(
                        UnitGrouping.Skipped(path: Self.shown(path), code: "hidden", reason: "a hidden \(kind)"))
                    continue
                }
                if entry.kind == .folder { open.append(path) } else { scan.take(path, entry) }
            }
        }
        scan.files.sort()
        return scan
    }

    private init(folder: String, extensions: [String], followsLinks: Bool) {
        var root = folder
        while root.utf8.count > 1, root.utf8.last == UInt8(ascii: "/") { root.unicodeScalars.removeLast() }
        self.root = root
        self.extensions = extensions
        boundary = followsLinks ? nil : Self.resolved(Array(root.utf8))
    }

    /// The path of a file below the folder.
    func relative(_ path: String) -> String {
        guard path.utf8.starts(with: root.utf8) else { return path }
        let rest = path.utf8.dropFirst(root.utf8.count)
        return String(decoding: rest.first == UInt8(ascii: "/") ? rest.dropFirst() : rest, as: UTF8.self)
    }

    private mutating func take(_ path: [UInt8], _ entry: Entry) {
        guard takes(entry.name) else { return }
        guard let text = String(validating: path, as: UTF8.self) else {
            refuse(path, "name_not_utf8", "its name is not UTF-8")
            return
        }
        switch entry.kind {
        case .file: files.append(text)
        case .other: refuse(path, "not_a_file", "not a regular file")
        case .folder: break
        case .link: takeLink(path, text)
        }
    }

    private mutating func takeLink(_ path: [UInt8], _ text: String) {
        var information = stat()
        guard unsafe stat(text, &information) == 0 else {
            let isLoop = errno == ELOOP
            refuse(
                path, isLoop ? "link_loop" : "link_broken",
                isLoop ? "a link that leads to itself" : "a link that leads nowhere")
            return
        }
        switch information.st_mode & S_IFMT {
        case S_IFDIR:
            outside.append(
                UnitGrouping.Skipped(
                    path: text, code: "link_to_folder", reason: "a link to a folder; upload that folder by its own path"
                ))
        case S_IFREG:
            guard let boundary else { return files.append(text) }
            let target = Self.resolved(path) ?? []
            if target.starts(with: boundary + (boundary == [UInt8(ascii: "/")] ? [] : [UInt8(ascii: "/")])) {
                files.append(text)
            } else {
                outside.append(
                    UnitGrouping.Skipped(
                        path: text, code: "link_outside",
                        reason: "a link that leads out of the folder; --follow-links takes it"))
            }
        default: refuse(path, "not_a_file", "not a regular file")
        }
    }

    private mutating func refuse(_ path: [UInt8], _ code: String, _ reason: String) {
        unusable.append(UnitGrouping.Skipped(path: Self.shown(path), code: code, reason: reason))
    }

    private func takes(_ name: [UInt8]) -> Bool {
        guard !extensions.isEmpty else { return true }
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return extensions.contains(String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased())
    }

    // MARK: Below text

    private enum Kind {
        case file, folder, link, other
    }

    private struct Entry {
        var name: [UInt8]
        var kind: Kind
    }

    /// A path as text; in one that is not UTF-8 each byte above ASCII stands as `\xNN`.
    private static func shown(_ path: [UInt8]) -> String {
        if let text = String(validating: path, as: UTF8.self) { return text }
        return path.reduce(into: "") { text, byte in
            text += byte < 0x80 ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
        }
    }

    private static func entries(of folder: [UInt8]) -> [Entry]? {
        let path = folder.map { CChar(bitPattern: $0) } + [0]
        guard let stream = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(stream) }
        var result: [Entry] = []
        errno = 0
        while let found = unsafe readdir(stream) {
            let type = unsafe Int32(found.pointee.d_type)
            let name = unsafe withUnsafePointer(to: &found.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: UInt8.self, capacity: 1) { first in
                    unsafe Array(
                        UnsafeBufferPointer(
                            start: first, count: strlen(UnsafeRawPointer(first).assumingMemoryBound(to: CChar.self))))
                }
            }
            if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            result.append(Entry(name: name, kind: kind(type, folder + [UInt8(ascii: "/")] + name)))
        }
        return result
    }

    private static func kind(_ type: Int32, _ path: [UInt8]) -> Kind {
        switch type {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_LNK): return .link
        case Int32(DT_UNKNOWN): break
        default: return .other
        }
        // Some file systems do not tell.
        var information = stat()
        guard unsafe lstat(path.map { CChar(bitPattern: $0) } + [0], &information) == 0 else { return .other }
        switch information.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// The path with all links resolved.
    private static func resolved(_ path: [UInt8]) -> [UInt8]? {
        guard let found = unsafe realpath(path.map { CChar(bitPattern: $0) } + [0], nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe Array(String(cString: found).utf8)
    }

    /// The folder with all links resolved, by which a ledger knows it.
    var resolvedRoot: String { String(decoding: Self.resolved(Array(root.utf8)) ?? Array(root.utf8), as: UTF8.self) }
}
