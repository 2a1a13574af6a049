@testable import SynapsePackaging
import Testing

struct IgnoreRulesTests {
    @Test(arguments: [
        ("*.pyc", "a/b.pyc", true), ("a?c", "abc", true), ("a?c", "ac", false), ("[ab].py", "b.py", true),
        ("[!ab].py", "b.py", false), ("[a-c]x", "bx", true), ("[]]", "]", true), ("[", "[", true), ("[!", "[!", true),
        ("*", "", true), ("**", "a/b", true), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXbX", false), ("", "", true),
        ("größe", "größe", true), ("a.b", "aXb", false), ("data/*", "data/a/b", true),
    ])
    func globs(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test func theBuiltInListHolds() {
        let rules = IgnoreRules()
        let out = [
            "__pycache__/a.pyc", "src/__pycache__", ".env", "venv/bin/python", ".git/config", "a/.DS_Store", "x.log",
            "dist/a", "deep/node_modules/b/c", ".gitignore",
        ]
        let kept = ["main.py", "environment.yaml", ".synapseignore", "src/builder.py", "logs/a.txt"]
        #expect((out + kept).filter { rules.ignores($0) } == out)
    }

    @Test func patternsOfTheFilesAreComparedWithPathNameAndComponents() {
        let rules = IgnoreRules(
            gitignore: "# comment\n\n  secret*  \nweights/\n", synapseignore: "tests\r\ndocs/*.md\n")
        let out = [
            "secret.txt", "a/secrets", "weights/a.bin", "x/weights", "tests/a.py", "docs/a.md", "docs/a/b.md",
        ]
        let kept = ["a/docs/a.md", "comment", "weights.txt"]
        #expect((out + kept).filter { rules.ignores($0) } == out)
    }

    @Test func moreThanTheSDKLeavesOutWhatGitWould() {
        let rules = IgnoreRules(synapseignore: "/top\nsrc/data/\n**/cache\n!keep.pyc\n")
        let out = ["top", "src/data", "cache", "a/cache", "keep.pyc"]
        #expect((out + ["a/top"]).filter { rules.ignores($0) } == out)
        let notes = rules.notes
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix(".synapseignore:4:") == true)
    }
}
