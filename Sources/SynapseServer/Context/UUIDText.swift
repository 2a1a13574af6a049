/// Random UUIDs, version 4.
enum UUIDText {
    /// Whether a name is of the form that files of chunked uploads have.
    static func isPartName(_ name: String) -> Bool {
        guard name.hasSuffix(".part") else { return false }
        let groups = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { Hexadecimal.isText($0, digitCount: $0.utf8.count) }
    }

    static func make() -> String {
        var digits = Array(Hexadecimal.random(byteCount: 16))
        digits[12] = "4"
        digits[16] = ["8", "9", "a", "b"].randomElement() ?? "8"
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
