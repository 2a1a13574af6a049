/// Lower-case hexadecimal text.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a text is that many lower-case digits and nothing else.
    static func isText(_ text: some StringProtocol, digitCount: Int) -> Bool {
        text.utf8.count == digitCount && text.utf8.allSatisfy(digits.contains)
    }

    static func random(byteCount: Int) -> String {
        // The generator asks the system for each number that it makes: few large ones.
        var bytes: [UInt8] = []
        while bytes.count < byteCount {
            unsafe withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { unsafe bytes.append(contentsOf: $0) }
        }
        return text(bytes.prefix(byteCount))
    }
}
