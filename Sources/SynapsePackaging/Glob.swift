/// A shell pattern, as Python's `fnmatch` reads it: `*` matches `/` too.
struct Glob {
    private enum Piece {
        case any
        case one
        case letter(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }

    private let pieces: [Piece]

    init(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        var pieces: [Piece] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                if case .any? = pieces.last {} else { pieces.append(.any) }
            case "?": pieces.append(.one)
            case "[":
                if let (piece, end) = Self.set(scalars, from: index) {
                    pieces.append(piece)
                    index = end
                } else {
                    pieces.append(.letter("["))
                }
            default: pieces.append(.letter(scalars[index]))
            }
            index += 1
        }
        self.pieces = pieces
    }

    /// Reads `[a-z]`; a `[` without its end is a letter.
    private static func set(_ scalars: [Unicode.Scalar], from start: Int) -> (Piece, end: Int)? {
        var index = start + 1
        let isNegated = index < scalars.count && scalars[index] == "!"
        if isNegated { index += 1 }
        let first = index
        // A `]` right behind the start is a letter of the set.
        if index < scalars.count, scalars[index] == "]" { index += 1 }
        guard let end = scalars[min(index, scalars.count)...].firstIndex(of: "]") else { return nil }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        index = first
        while index < end {
            if index + 2 < end, scalars[index + 1] == "-" {
                if scalars[index] <= scalars[index + 2] { ranges.append(scalars[index]...scalars[index + 2]) }
                index += 3
            } else {
                ranges.append(scalars[index]...scalars[index])
                index += 1
            }
        }
        return (.set(ranges, isNegated: isNegated), end)
    }

    /// Whether the whole text fits.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var piece = 0
        var index = 0
        // Where to go on when what follows the last `*` does not fit: it takes one letter more.
        var star: (piece: Int, index: Int)?
        while index < scalars.count {
            if piece < pieces.count, case .any = pieces[piece] {
                star = (piece, index)
                piece += 1
            } else if piece < pieces.count, Self.fits(scalars[index], pieces[piece]) {
                piece += 1
                index += 1
            } else if let last = star {
                star = (last.piece, last.index + 1)
                piece = last.piece + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    private static func fits(_ scalar: Unicode.Scalar, _ piece: Piece) -> Bool {
        switch piece {
        case .any, .one: true
        case .letter(let letter): letter == scalar
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
        }
    }
}
