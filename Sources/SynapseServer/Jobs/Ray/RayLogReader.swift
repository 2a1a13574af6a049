/// Reads a log from its beginning and answers what lies behind a position.
struct RayLogReader: Sendable {
    private static let longestPieceByteCount = 1 << 20

    private var decoder = RayLogDecoder()
    private let isRaw: Bool
    private var place: Int64 = 0
    /// The position behind the last byte that is known.
    private(set) var reached: Int64

    /// - Parameters:
    ///   - reached: The position behind the last byte that is known.
    ///   - isRaw: Whether the log is taken as it stands, as that of a program that never began.
    init(reached: Int64, isRaw: Bool = false) {
        self.reached = reached
        self.isRaw = isRaw
    }

    var hasStarted: Bool { decoder.hasStarted && !isRaw }
    var ending: RayLogDecoder.Ending? { isRaw ? nil : decoder.ending }

    /// The new bytes of the next piece of the log.
    mutating func read(_ piece: some Sequence<UInt8>) -> [JobOutput] {
        let bytes = isRaw ? Array(piece) : decoder.decode(piece)
        let start = place
        place += Int64(bytes.count)
        var pieces: [JobOutput] = []
        while reached < place {
            let first = Int(reached - start)
            let end = min(bytes.count, first + Self.longestPieceByteCount)
            reached = start + Int64(end)
            pieces.append(JobOutput(bytes: Array(bytes[first..<end]), end: reached))
        }
        return pieces
    }
}
