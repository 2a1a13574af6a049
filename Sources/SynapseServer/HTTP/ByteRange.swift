/// What a `Range` header asks for of a file.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int64>)
    case unsatisfiable

    /// Reads a header of one range; several ranges, other units and broken text get the whole file, as RFC 9110 allows.
    static func parse(_ header: String?, byteCount: Int64) -> ByteRange {
        guard let header, header.lowercased().hasPrefix("bytes="), !header.contains(",") else { return .whole }
        let ends = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingBlanks() }
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return .whole
        }
        if ends[0].isEmpty {
            guard let suffix = Int64(ends[1]) else { return .whole }
            return suffix == 0 || byteCount == 0 ? .unsatisfiable : .part(max(0, byteCount - suffix)..<byteCount)
        }
        // What is no number here has too many digits for one, and so lies behind the end of any file.
        guard let first = Int64(ends[0]) else { return .unsatisfiable }
        let last = ends[1].isEmpty ? Int64.max : Int64(ends[1]) ?? Int64.max
        guard last >= first else { return .whole }
        // The client's number is cut to the file before anything is added to it.
        return first < byteCount ? .part(first..<min(last, byteCount - 1) + 1) : .unsatisfiable
    }
}
