import Testing

@testable import SynapseServer

struct FilenameTests {
    @Test(arguments: [
        ("a/b.png", "b.png"), ("a\\b.png", "a\\b.png"), ("../\u{301}etc/\u{301}passwd.png", "\u{301}passwd.png"),
        ("..\\\u{301}x", "..\\\u{301}x"), ("..", "file"), ("x/", "x"), ("", "file"), ("a\u{0}b", "ab"),
        (String(repeating: "ab", count: 150), String(repeating: "ab", count: 150).suffix(255).description),
        (String(repeating: "é", count: 128), String(repeating: "é", count: 128)),
        (String(repeating: "é", count: 256) + "\u{7F}", String(repeating: "é", count: 255)),
    ])
    func onlyTheLastComponentIsKept(text: String, expected: String) {
        #expect(Array(Filename.base(text).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: [("a.PNG", "png"), ("a.\u{301}png", "\u{301}png"), (".png", ""), ("a", "")])
    func theSuffixIsWhatFollowsTheLastDot(name: String, expected: String) {
        #expect(Array(Filename.suffix(name).unicodeScalars) == Array(expected.unicodeScalars))
    }
}
