/// An object of a JSON tree: members in the order in which they came.
///
/// Names are compared byte by byte, so that two spellings of one accented letter stay two members. A name that a
/// document repeats stands once, at its first place, with its last value.
public struct JSONObject: Sendable, RandomAccessCollection, ExpressibleByDictionaryLiteral {
    /// One member.
    public struct Member: Sendable, Hashable {
        /// The name.
        public var key: String
        /// The value.
        public var value: JSONValue

        /// Makes a member.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }

        /// Whether both names have the same bytes and both values are equal.
        public static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameBytes(as: right.key) && left.value == right.value
        }
    }

    private var members: [Member]

    /// Makes an empty object.
    public init() {
        members = []
    }

    /// Makes an object of members; for a repeated name the last value counts.
    public init(_ members: some Sequence<Member>) {
        self.init(received: Array(members), mayRepeatName: true)
    }

    /// Makes an object of `name: value` pairs; for a repeated name the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.lazy.map { Member(key: $0.0, value: $0.1) })
    }

    /// Takes members as they came; `mayRepeatName` is false where the names are known to differ.
    init(received: [Member], mayRepeatName: Bool) {
        members = received
        if mayRepeatName, Self.mayRepeatName(members) { mergeRepeatedNames() }
    }

    /// The names, in order.
    public var keys: [String] {
        members.map(\.key)
    }

    /// The position of the first member.
    public var startIndex: Int { members.startIndex }
    /// The position behind the last member.
    public var endIndex: Int { members.endIndex }

    /// The member at a position.
    public subscript(position: Int) -> Member {
        members[position]
    }

    /// The value of a member; setting `nil` removes it, setting a new name appends it.
    public subscript(key: String) -> JSONValue? {
        get {
            members.first { $0.key.hasSameBytes(as: key) }?.value
        }
        set {
            let index = members.firstIndex { $0.key.hasSameBytes(as: key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    private static func mayRepeatName(_ members: [Member]) -> Bool {
        guard members.count > 12 else {
            for index in members.indices.dropFirst() {
                let key = members[index].key
                for earlier in 0..<index where members[earlier].key.hasSameBytes(as: key) { return true }
            }
            return false
        }
        return Set(members.lazy.map(\.key)).count < members.count
    }

    private mutating func mergeRepeatedNames() {
        var places: [[UInt8]: Int] = [:]
        var merged: [Member] = []
        for member in members {
            let bytes = Array(member.key.utf8)
            if let place = places[bytes] {
                merged[place].value = member.value
            } else {
                places[bytes] = merged.count
                merged.append(member)
            }
        }
        members = merged
    }
}

extension JSONObject: Hashable {
    /// Whether both hold the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.members == right.members { return true }
        var places: [[UInt8]: JSONValue] = [:]
        for member in right.members { places[Array(member.key.utf8)] = member.value }
        return left.members.allSatisfy { places[Array($0.key.utf8)] == $0.value }
    }

    /// Hashes the members without regard to their order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members { sum ^= member.hashValue }
        hasher.combine(sum)
        hasher.combine(count)
    }
}

extension String {
    /// Whether both strings are the same bytes.
    ///
    /// `==` also takes two spellings of one accented letter for equal.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count, self == other else { return false }
        return utf8.elementsEqual(other.utf8)
    }
}
