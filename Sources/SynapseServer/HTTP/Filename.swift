/// What a client's name of a file is taken for: data to be shown, never a path.
enum Filename {
    /// The last component, without control characters, of at most 255 characters.
    static func base(_ text: String) -> String {
        // As characters, a slash with a combining mark behind it is no slash.
        let last = text.utf8.split(separator: UInt8(ascii: "/")).last ?? ""[...].utf8
        let isPlain = last.count <= 255 && last.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        let name =
            isPlain
            ? String(Substring(last))
            : String(
                String.UnicodeScalarView(
                    Substring(last).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.suffix(255)))
        return name.isEmpty || name == "." || name == ".." ? "file" : name
    }

    /// The part behind the last dot in lower case, or nothing.
    static func suffix(_ name: String) -> String {
        let scalars = name.unicodeScalars
        guard let dot = scalars.lastIndex(of: "."), dot != scalars.startIndex else { return "" }
        return String(scalars[scalars.index(after: dot)...]).lowercased()
    }
}
