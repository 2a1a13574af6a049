/// The files of a data unit, in the order in which they came: an object keyed by specification, or a list.
public struct DataUnitFiles: Sendable {
    /// One file with the name of its specification.
    public struct Entry: Sendable {
        /// The file specification's name; `nil` when a list does not name it.
        public var specification: String?
        /// The file.
        public var file: FileReference

        /// Makes an entry.
        public init(specification: String?, file: FileReference) {
            self.specification = specification
            self.file = file
        }
    }

    /// The files.
    public var entries: [Entry]

    /// Makes files of a unit.
    public init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// The file of a specification, or `nil`.
    public subscript(specification: String) -> FileReference? {
        entries.first { $0.specification == specification }?.file
    }

    /// The file that is annotated: the one marked primary, else the first.
    public var primary: FileReference? {
        (entries.first { $0.file.isPrimary == true } ?? entries.first)?.file
    }
}

extension DataUnitFiles: JSONReadable, JSONWritable {
    /// Reads an object keyed by specification, or a list of files.
    ///
    /// A `null` among them is left out.
    public init(reading json: RawJSON) throws(JSONError) {
        entries = []
        if json.isArray {
            for (index, element) in try json.elements().enumerated() where !element.isNull {
                do throws(JSONError) {
                    let file = try FileReference(reading: element)
                    let older: String? = try file.row?.readIfPresent("specification_name")
                    entries.append(Entry(specification: file.specification ?? older, file: file))
                } catch {
                    throw error.nested(in: "[\(index)]")
                }
            }
        } else {
            for (key, value) in try json.row().uniqueMembers where !value.isNull {
                do {
                    entries.append(Entry(specification: key, file: try FileReference(reading: value)))
                } catch {
                    throw error.nested(in: key)
                }
            }
        }
    }

    /// Writes an object keyed by specification; a list where a file has none, or where two have the same.
    public func write(to writer: inout JSONWriter) {
        let names = entries.compactMap(\.specification)
        guard names.count == entries.count, Set(names).count == names.count else {
            return listed.write(to: &writer)
        }
        writer.object { writer in
            for entry in entries { writer.member(entry.specification ?? "", entry.file) }
        }
    }
}

extension DataUnitFiles {
    /// The files as a list has them.
    var listed: [FileReference] { entries.map(\.listed) }
}

extension DataUnitFiles.Entry {
    /// The file as a list has it: it names its specification itself.
    fileprivate var listed: FileReference {
        var file = file
        file.specification = file.specification ?? specification
        return file
    }
}
