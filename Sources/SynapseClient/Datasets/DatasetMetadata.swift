package import SynapseModels

/// Notes and groups for the files of a folder, from a CSV or JSON file.
///
/// CSV: a header, which also shows whether commas, semicolons or tabs separate; the column `file`, `filename` or `path`
/// names the file, `groups` its groups from the root to the leaf with `/` between, every other column is a note as text.
/// JSON: an object by file, or a list of objects with one of the three keys; notes keep their types. A file is named by its
/// path below the folder, its name, or either without the extension.
package struct DatasetMetadata: Sendable {
    /// The notes of one file.
    package struct Entry: Sendable {
        /// The file as the document names it.
        package var file: String
        /// Where it stands, for people: `line 3` or `[2]`.
        package var place: String
        package var meta: JSONObject
        package var groups: [String]?
    }

    /// What is wrong with one row, and where.
    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package var place: String
        package var message: String
        package var description: String { "\(place): \(message)" }
    }

    /// All that is wrong; nothing of the document is used then.
    package struct Problems: Error, Sendable, Hashable {
        package var list: [Problem]
    }

    /// The columns that name the file; the first that is there does.
    private static let fileKeys = ["path", "file", "filename"]

    package private(set) var entries: [Entry] = []

    /// Reads a document, JSON when it begins like it.
    ///
    /// - Throws: ``Problems`` with each row that can't be used.
    package init(parsing bytes: [UInt8]) throws(Problems) {
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw Problems(list: [Problem(place: "line 1", message: "the text is UTF-16; save it as UTF-8")])
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        var problems: [Problem] = []
        if isJSON { readJSON(body, &problems) } else { readCSV(body, &problems) }
        guard problems.isEmpty else { throw Problems(list: problems) }
    }

    // MARK: CSV

    private mutating func readCSV(_ bytes: [UInt8], _ problems: inout [Problem]) {
        var reader = CSVReader(bytes, separator: Self.separator(of: bytes))
        do throws(CSVReader.Problem) {
            guard let header = try reader.next() else {
                problems.append(Problem(place: "line 1", message: "the header is missing"))
                return
            }
            let names = header.fields.map { $0.lowercased() }
            guard let fileColumn = Self.fileColumn(of: names) else {
                let message = "no column is called file, filename or path"
                problems.append(Problem(place: "line \(header.line)", message: message))
                return
            }
            var seen: Set<String> = []
            for (index, name) in names.enumerated() where !seen.insert(name).inserted {
                let place = "line \(header.line), column \(reader.column(of: header.places[index]))"
                problems.append(Problem(place: place, message: "the column \(name) is there twice"))
            }
            let groupColumn = names.firstIndex(of: "groups")
            while let record = try reader.next() {
                guard record.fields.count == names.count else {
                    let odd = record.places[min(record.places.count, names.count + 1) - 1]
                    problems.append(
                        Problem(
                            place: "line \(record.line), column \(reader.column(of: odd))",
                            message: "\(record.fields.count) fields, but the header has \(names.count)"))
                    continue
                }
                guard !record.fields[fileColumn].isEmpty else {
                    let column = reader.column(of: record.places[fileColumn])
                    let place = "line \(record.line), column \(column)"
                    problems.append(Problem(place: place, message: "no file is named"))
                    continue
                }
                var meta = JSONObject()
                for (index, value) in record.fields.enumerated() where index != fileColumn && index != groupColumn {
                    meta[header.fields[index]] = .string(value)
                }
                let groups = groupColumn.map { record.fields[$0].split(separator: "/").map(String.init) }
                entries.append(
                    Entry(
                        file: record.fields[fileColumn], place: "line \(record.line)", meta: meta,
                        groups: groups.flatMap { $0.isEmpty ? nil : $0 }))
            }
        } catch {
            problems.append(Problem(place: "line \(error.line), column \(error.column)", message: error.message))
        }
    }

    private static func fileColumn(of names: [String]) -> Int? {
        fileKeys.lazy.compactMap { names.firstIndex(of: $0) }.first
    }

    /// The one that makes a column which names the file: spreadsheets write semicolons where the comma is in numbers.
    private static func separator(of bytes: [UInt8]) -> UInt8 {
        let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.first { candidate in
            var reader = CSVReader(bytes, separator: candidate)
            guard let header = try? reader.next() else { return false }
            return fileColumn(of: header.fields.map { $0.lowercased() }) != nil
        } ?? candidates[0]
    }

    // MARK: JSON

    private mutating func readJSON(_ bytes: [UInt8], _ problems: inout [Problem]) {
        do throws(JSONError) {
            let document = try RawJSON(parsing: bytes)
            addRepeatedNames(document, &problems)
            switch document.value {
            case .object(let object):
                for member in object {
                    addJSON(member.value, file: member.key, place: "\"\(member.key)\"", &problems)
                }
            case .array(let list):
                for (index, value) in list.enumerated() {
                    addJSON(value, file: nil, place: "[\(index)]", &problems)
                }
            default: problems.append(Problem(place: "line 1", message: "an object or a list is expected"))
            }
        } catch {
            let before = bytes[..<min(error.offset ?? 0, bytes.count)]
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let column = String(decoding: before[start...], as: UTF8.self).count + 1
            problems.append(Problem(place: "line \(line), column \(column)", message: error.message))
        }
    }

    /// A name that stands twice in one object would lose its first value.
    private func addRepeatedNames(_ document: RawJSON, _ problems: inout [Problem]) {
        if let elements = try? document.elements() {
            for (index, element) in elements.enumerated() { addRepeatedNames(in: element, "[\(index)]", &problems) }
        } else if let row = try? document.row() {
            addRepeatedNames(in: document, "the document", &problems)
            for member in row.uniqueMembers { addRepeatedNames(in: member.value, "\"\(member.key)\"", &problems) }
        }
    }

    private func addRepeatedNames(in object: RawJSON, _ place: String, _ problems: inout [Problem]) {
        guard let row = try? object.row() else { return }
        var (seen, told): (Set<PathKey>, Set<PathKey>) = ([], [])
        for key in row.keys where !seen.insert(PathKey(key)).inserted && told.insert(PathKey(key)).inserted {
            problems.append(Problem(place: place, message: "\(key) is there twice"))
        }
    }

    private mutating func addJSON(_ value: JSONValue, file: String?, place: String, _ problems: inout [Problem]) {
        guard var meta = value.objectValue else {
            problems.append(Problem(place: place, message: "an object is expected"))
            return
        }
        var name = file
        if name == nil, let key = Self.fileKeys.first(where: { meta[$0] != nil }) {
            name = meta[key]?.stringValue
            meta[key] = nil
        }
        guard let name, !name.isEmpty else {
            problems.append(Problem(place: place, message: "no file is named by file, filename or path"))
            return
        }
        var groups: [String]?
        if let given = meta["groups"] {
            meta["groups"] = nil
            groups = given.stringValue.map { $0.split(separator: "/").map(String.init) }
            if let list = given.arrayValue { groups = list.compactMap(\.stringValue) }
            guard let found = groups, given.arrayValue.map({ $0.count == found.count }) ?? true else {
                problems.append(Problem(place: "\(place).groups", message: "names in a list, or with / between"))
                return
            }
        }
        entries.append(Entry(file: name, place: place, meta: meta, groups: groups?.isEmpty == true ? nil : groups))
    }
}
