/// Paths in one buffer, so that a large folder costs its names and eight bytes for each file.
public struct PathList: Sendable, Hashable, RandomAccessCollection, ExpressibleByArrayLiteral {
    private var bytes: [UInt8] = []
    /// Where each path ends.
    private var ends: [Int] = []

    /// Makes an empty list.
    public init() {}

    /// Makes a list of paths.
    public init(_ paths: some Sequence<String>) {
        for path in paths { append(path) }
    }

    /// Makes a list of paths.
    public init(arrayLiteral elements: String...) { self.init(elements) }

    /// The first place.
    public var startIndex: Int { 0 }
    /// The place behind the last path.
    public var endIndex: Int { ends.count }

    /// The path at a place.
    public subscript(position: Int) -> String { String(decoding: bytes[range(position)], as: UTF8.self) }

    /// Adds a path at the end.
    public mutating func append(_ path: String) {
        bytes.append(contentsOf: path.utf8)
        ends.append(bytes.count)
    }

    /// Orders the paths by their bytes.
    public mutating func sort() {
        let places = unsafe bytes.withUnsafeBytes { bytes in
            indices.sorted { left, right in
                unsafe bytes[range(left)].lexicographicallyPrecedes(bytes[range(right)])
            }
        }
        var sorted = PathList()
        sorted.bytes.reserveCapacity(bytes.count)
        sorted.ends.reserveCapacity(ends.count)
        for place in places {
            sorted.bytes.append(contentsOf: bytes[range(place)])
            sorted.ends.append(sorted.bytes.count)
        }
        self = sorted
    }

    private func range(_ position: Int) -> Range<Int> {
        (position == 0 ? 0 : ends[position - 1])..<ends[position]
    }
}
