/// One JSON object whose members are found and checked, but not read.
///
/// Reading a field costs a search by name among the members of this object and the reading of that value alone.
public struct JSONRow: Sendable {
    /// Where a member is in the storage.
    struct Member: Sendable {
        private var keyStart: Int32
        private var keyEnd: Int32
        private var valueStart: Int32
        private var valueEnd: Int32
        var hasEscapes: Bool

        init(key: JSONScanner.StringSpan, value: Range<Int>) {
            keyStart = Int32(truncatingIfNeeded: key.start)
            keyEnd = Int32(truncatingIfNeeded: key.end)
            valueStart = Int32(truncatingIfNeeded: value.lowerBound)
            valueEnd = Int32(truncatingIfNeeded: value.upperBound)
            hasEscapes = key.hasEscapes
        }

        var key: Range<Int> { Int(keyStart)..<Int(keyEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    let storage: [UInt8]
    let range: Range<Int>
    let members: [Member]

    /// Takes a JSON document that is one object.
    ///
    /// - Throws: ``JSONError``: of syntax with a byte offset, or coded `type` when the document is no object.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        self = try RawJSON(parsing: bytes, limits: limits).row()
    }

    init(storage: [UInt8], range: Range<Int>, members: [Member]) {
        self.storage = storage
        self.range = range
        self.members = members
    }

    /// The whole object.
    public var raw: RawJSON {
        RawJSON(storage: storage, range: range)
    }

    /// The names in the order in which they came; a repeated name comes as often as it stands there.
    public var keys: [String] {
        members.map(name(of:))
    }

    /// The value of a member, or `nil` when there is none.
    ///
    /// Of a repeated name the last one counts.
    public subscript(key: String) -> RawJSON? {
        find(key).map { RawJSON(storage: storage, range: members[$0].value) }
    }

    /// Whether a member of this name is there, `null` included.
    public func contains(_ key: String) -> Bool {
        find(key) != nil
    }

    /// Reads a member that must be there.
    ///
    /// - Throws: ``JSONError`` with the member's name in its path, coded `missing` when it is absent.
    public func read<Value: JSONReadable>(_ key: String, as type: Value.Type = Value.self) throws(JSONError) -> Value {
        guard let raw = self[key] else {
            throw JSONError(.missing, "The field is missing.", path: key)
        }
        do {
            return try Value(reading: raw)
        } catch {
            throw error.nested(in: key)
        }
    }

    /// Reads a member that may be absent or `null`; both are `nil`.
    ///
    /// - Throws: ``JSONError`` with the member's name in its path when the value is of another shape.
    public func readIfPresent<Value: JSONReadable>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(JSONError) -> Value? {
        guard let raw = self[key], !raw.isNull else { return nil }
        do {
            return try Value(reading: raw)
        } catch {
            throw error.nested(in: key)
        }
    }

    /// Every member once: a repeated name at its first place, with its last value.
    ///
    /// One pass, where asking for each name by itself would be a pass a name.
    package var uniqueMembers: [(key: String, value: RawJSON)] {
        var places: [[UInt8]: Int] = [:]
        places.reserveCapacity(members.count)
        var unique: [(key: String, value: RawJSON)] = []
        unique.reserveCapacity(members.count)
        for member in members {
            let key = name(of: member)
            let value = RawJSON(storage: storage, range: member.value)
            if let place = places.updateValue(unique.count, forKey: Array(key.utf8)) {
                unique[place].value = value
                places[Array(key.utf8)] = place
            } else {
                unique.append((key, value))
            }
        }
        return unique
    }

    private func find(_ key: String) -> Int? {
        var key = key
        // `withUTF8` gives the bytes in place for every string that is held contiguously, which all of ours are.
        return key.withUTF8 { name in
            unsafe storage.withUnsafeBufferPointer { bytes in
                members.lastIndex { member in
                    unsafe matches(member, name, bytes)
                }
            }
        }
    }

    private func matches(
        _ member: Member, _ name: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if member.hasEscapes { return unsafe Array(self.name(of: member).utf8) == Array(name) }
        guard member.key.count == name.count else { return false }
        let start = member.key.lowerBound
        for index in 0..<member.key.count where unsafe bytes[start + index] != name[index] { return false }
        return true
    }

    private func name(of member: Member) -> String {
        guard member.hasEscapes else { return String(decoding: storage[member.key], as: UTF8.self) }
        let quoted = member.key.lowerBound - 1..<member.key.upperBound + 1
        return RawJSON(storage: storage, range: quoted).value.stringValue ?? ""
    }
}
