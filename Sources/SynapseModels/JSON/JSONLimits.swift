/// How much a JSON document may hold before it is refused.
public struct JSONLimits: Sendable, Hashable {
    /// The most arrays and objects inside each other, within 1 … 1024.
    public var maximumDepth: Int {
        didSet { maximumDepth = Self.heldDepth(maximumDepth) }
    }

    /// The most bytes of one document, within 1 … 2³¹ − 1.
    public var maximumByteCount: Int {
        didSet { maximumByteCount = Self.heldByteCount(maximumByteCount) }
    }

    /// Depth 512 and 256 MiB: far above what the platform sends, far below what would exhaust a stack or a machine.
    public static let `default` = JSONLimits(maximumDepth: 512, maximumByteCount: 256 << 20)

    /// Makes limits.
    ///
    /// Values out of range are held within it.
    public init(maximumDepth: Int, maximumByteCount: Int) {
        self.maximumDepth = Self.heldDepth(maximumDepth)
        self.maximumByteCount = Self.heldByteCount(maximumByteCount)
    }

    /// The reader calls itself once a level: more would exhaust the stack of a small thread.
    private static func heldDepth(_ depth: Int) -> Int { min(max(depth, 1), deepest) }

    /// Places in a document are kept in 32 bits.
    private static func heldByteCount(_ count: Int) -> Int { min(max(count, 1), Int(Int32.max)) }
}
