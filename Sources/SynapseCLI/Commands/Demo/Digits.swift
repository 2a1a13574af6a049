/// The 1,797 handwritten digits that the demo works on: 8 × 8 pixels of 17 levels, each with its label.
///
/// Source: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, CC BY 4.0.
enum Digits {
    /// One digit.
    struct Digit {
        /// 64 levels of ink, 0 … 16, row by row.
        var pixels: [UInt8]
        /// 0 … 9.
        var label: Int
    }

    /// All digits, in the order of the data set.
    static func all() -> [Digit] {
        table.description.split(separator: "\n").compactMap { line in
            let bytes = Array(line.utf8)
            guard bytes.count == 65 else { return nil }
            return Digit(
                pixels: bytes[..<64].map { $0 &- UInt8(ascii: "A") }, label: Int(bytes[64] - UInt8(ascii: "0")))
        }
    }
}

extension Digits.Digit {
    /// The digit as a grey PNG of 32 × 32 pixels, dark on white.
    func png() -> [UInt8] {
        let scale = 4
        let side = 8 * scale
        var grey: [UInt8] = []
        grey.reserveCapacity(side * side)
        for row in 0..<side {
            for column in 0..<side {
                let ink = Int(pixels[row / scale * 8 + column / scale])
                grey.append(UInt8(255 - ink * 255 / 16))
            }
        }
        return PNG.encode(grey: grey, width: side, height: side)
    }
}
