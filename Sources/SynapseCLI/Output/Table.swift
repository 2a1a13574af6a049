/// Rows, mostly under headings, each column as wide as its widest cell.
struct Table {
    /// Longer cells are cut, so that one long name does not push every row off the screen.
    private static let longestCell = 60

    private var rows: [[String]]

    init(_ headings: [String]?) {
        rows = headings.map { [$0] } ?? []
    }

    mutating func append(_ cells: [String?]) {
        rows.append(
            cells.map { cell in
                // Cut before it is looked at: some cells are whole documents.
                let text = Terminal.printable(String((cell ?? "-").prefix(Self.longestCell + 1)))
                return text.count > Self.longestCell ? text.prefix(Self.longestCell - 1) + "…" : text
            })
    }

    /// The table with a line end behind each row.
    func rendered() -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                guard column < row.count - 1 else { break }
                line += String(repeating: " ", count: widths[column] - Self.width(cell) + 2)
            }
            return line + "\n"
        }.joined()
    }

    /// Terminal columns of a text: East Asian wide characters and emoji take two, combining marks none.
    static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            guard let first = character.unicodeScalars.first else { return sum }
            return sum + (isWide(first) ? 2 : 1)
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
