@testable import SynapsePackaging
import SynapseModels
import Testing

struct ConfigTests {
    private func problems(_ yaml: String) -> [String] {
        var reader = ConfigReader(file: "config.yaml")
        do {
            _ = try reader.read(Array(yaml.utf8))
            return reader.problems.map(\.description)
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func aGoodConfigurationHasNoProblems() throws {
        var reader = ConfigReader(file: "config.yaml")
        let config = try reader.read(
            Array(
                """
                name: Digits
                code: digits
                version: 1.2.3
                category: neural_net
                data_type: image
                tasks: [image.classification]
                tags: [a]
                requires: {python: ">=3.9"}
                actions:
                  train:
                    entrypoint: main.py
                    description: Trains
                    serve_options: {a: 1, b: 2.5, c: true, d: null, e: "1"}
                  inference:
                    entrypoint: plugin.infer:Infer
                """.utf8))
        #expect(reader.problems.isEmpty)
        #expect(config.actions.map(\.method) == ["job", "serve"])
        let expected = """
            {"name":"Digits","code":"digits","version":"1.2.3","category":"neural_net","description":"",\
            "readme":"README.md","data_type":"image","tasks":["image.classification"],"actions":{"train":\
            {"entrypoint":"main.py","method":"job","description":"Trains","serve_options":{"a":1,"b":2.5,"c":true,\
            "d":null,"e":"1"}},"inference":{"entrypoint":"plugin.infer:Infer","method":"serve"}}}
            """
        #expect(String(decoding: config.wire.serialized(), as: UTF8.self) == expected)
    }

    @Test func aKeyThatStandsTwiceIsNamedWhereItStandsAgain() {
        let found = problems(
            "name: a\ncode: b\nactions:\n  train:\n    method: job\n    # once more\n    method: task\n")
        #expect(found.count == 1)
        #expect(found.first?.contains(":7:5") == true)
        #expect(found.first?.contains("actions.train.method") == true)
    }

    @Test func mergeKeysBringWhatTheyName() throws {
        var reader = ConfigReader(file: "config.yaml")
        let config = try reader.read(
            Array(
                """
                name: a
                code: b
                env: &env {A: "1", B: "2"}
                actions:
                  train: &train
                    entrypoint: main.py
                    method: task
                    serve_options: {<<: [{B: "0", C: "3"}, *env], A: "own"}
                  test:
                    <<: *train
                    method: job
                """.utf8))
        #expect(reader.problems.isEmpty)
        #expect(config.actions.map(\.entrypoint) == ["main.py", "main.py"])
        #expect(config.actions.map(\.method) == ["task", "job"])
        let options = try #require(config.document["actions"]?["test"]?["serve_options"])
        #expect(options == ["B": "0", "C": "3", "A": "own"])
    }

    @Test func aMergeKeyThatNamesNoMappingIsSaidToMeanNothing() {
        let found = problems("name: a\ncode: b\n<<: 1\nactions:\n  train: {entrypoint: main.py}\n")
        #expect(found.count == 1 && found.first?.contains(":3:1: warning") == true)
    }

    @Test func mergesThatMultiplyEndTheReading() {
        var text = "name: a\ncode: b\nm0: &m0 {a: 1, b: 2}\n"
        for level in 1...30 {
            text += "m\(level): &m\(level) {<<: [*m\(level - 1), *m\(level - 1)]}\n"
        }
        #expect(problems(text).contains { $0.contains("larger than a configuration is") })
    }

    @Test func aVersionThatYAMLReadsAsANumberIsRefusedWithAdvice() {
        let found = problems(
            "name: a\ncode: b\nrequires: {python: 3.10}\nactions:\n  train: {entrypoint: main.py}\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("requires.python: text is required, not a number; write \"3.10\"") == true)
    }

    @Test(arguments: [
        ("code: '3'\nversion: 1.0.0", "code: digits alone"), ("code: .\nversion: 1.0.0", "code: a code begins"),
        ("code: b\nversion: ''", "version: a version is of"), ("code: b\nversion: '../x'", "version: a version is of"),
        ("code: b\nversion: '1.0.0 '", "version: a version is of"),
        ("code: b\nrequires: {python: banana}", "requires.python: \"banana\" does not say"),
    ])
    func whatBackendsWouldRefuseOrMistakeIsAnError(lines: String, expected: String) {
        let found = problems("name: a\n\(lines)\nactions:\n  train: {entrypoint: main.py}\n")
        #expect(found.count == 1 && found.first?.contains(": error: \(expected)") == true, "\(found)")
    }

    @Test func aMarkOfTheByteOrderIsNoPartOfTheText() throws {
        var reader = ConfigReader(file: "config.yaml")
        #expect(try reader.read(Array("\u{FEFF}name: a\ncode: b\n".utf8)).name == "a")
    }

    @Test func everyErrorIsNamedWithItsPlace() {
        let found = problems(
            """
            name: 5
            version: 1.0
            category: neural_nt
            colour: red
            actoins: {}
            tags: one
            actions:
              train:
                method: jobb
                entrypont: main.py
            """)
        #expect(
            found == [
                "config.yaml:1:1: error: code: this key is required",
                "config.yaml:1:7: error: name: text is required, not a number; write \"5\" in quotes",
                "config.yaml:2:10: error: version: text is required, not a number; write \"1.0\" in quotes",
                "config.yaml:3:11: error: category: \"neural_nt\" is none of neural_net, export, upload, smart_tool, "
                    + "post_annotation, pre_annotation, data_validation, custom; did you mean neural_net?",
                "config.yaml:4:1: warning: colour: this key is not known and means nothing",
                "config.yaml:5:1: warning: actoins: this key is not known and means nothing; did you mean actions?",
                "config.yaml:6:7: error: tags: a list is required, not text",
                "config.yaml:8:3: warning: actions.train: without an entrypoint the action can't be run",
                "config.yaml:9:13: error: actions.train.method: \"jobb\" is none of job, task, serve, restapi; "
                    + "did you mean job?",
                "config.yaml:10:5: warning: actions.train.entrypont: this key is not known and means nothing; "
                    + "did you mean entrypoint?",
            ])
    }

    @Test(arguments: [
        ("name: [", ": error: this is not YAML"),
        ("name: a\nname: b\n", "twice"),
        ("- a\n", "config.yaml:1:1: error: a mapping of keys to values is required, not a list"),
        ("", "config.yaml:1:1: error: the file is empty"),
        ("name: a\ncode: \"b c\"\n", "config.yaml:2:7: error: code: a code is of letters"),
        ("name: a\ncode: b\ncategory: neural_net\n", "config.yaml:3:11: error: data_type: a neural_net plugin must"),
        (
            "name: a\ncode: b\nversion: 1.0-beta\n",
            "config.yaml:3:10: warning: version: \"1.0-beta\" is not of the form"
        ),
        ("name: a\ncode: b\nactions: [1]\n", "config.yaml:3:10: error: actions: a mapping is required, not a list"),
        ("name: a\ncode: b\n", "config.yaml:1:1: warning: actions: the plugin has no actions"),
        ("name: ' '\ncode: b\n", "config.yaml:1:7: error: name: this must not be empty"),
    ])
    func oneProblem(yaml: String, expected: String) {
        let found = problems(yaml)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test func aliasesThatMultiplyAreRefused() {
        let bomb = """
            a: &a [x, x, x, x, x, x, x, x, x, x]
            b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
            c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
            d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
            e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
            f: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
            name: a
            code: b
            """
        #expect(problems(bomb).contains { $0.contains("larger than a configuration") })
    }
}
