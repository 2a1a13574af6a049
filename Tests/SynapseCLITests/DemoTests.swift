import Testing

@testable import SynapseCLI

struct DemoTests {
    @Test func `All digits are there, with their labels`() {
        let digits = Digits.all()
        #expect(digits.count == 1797)
        #expect(digits.allSatisfy { $0.pixels.count == 64 && $0.pixels.allSatisfy { $0 <= 16 } })
        // The first row of the data set, and how often each label comes in it.
        #expect(digits[0].label == 0)
        #expect(digits[0].pixels.prefix(8) == [0, 0, 5, 13, 9, 1, 0, 0])
        let counts = (0...9).map { label in digits.count { $0.label == label } }
        #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    }
}
