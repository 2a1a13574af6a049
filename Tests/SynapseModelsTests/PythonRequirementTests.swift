import Testing

@testable import SynapseModels

struct PythonRequirementTests {
    @Test(arguments: [
        (">=3.10", "3.10.0", true), (">=3.10", "3.9.18", false), (">=3.9, <3.12", "3.12.1", false),
        (">=3.9,<3.13", "3.12.1", true), ("==3.11.*", "3.11.9", true), ("==3.11.*", "3.12.0", false),
        ("==3.11", "3.11.9", false), ("!=3.11.*", "3.11.2", false), ("~=3.10", "3.14.0", true),
        ("~=3.10", "4.0.0", false), ("~=3.10.2", "3.10.9", true), ("~=3.10.2", "3.11.0", false),
        ("3.12", "3.12.4", true), ("3.12", "3.13.0", false), ("> 3", "3.0.1", true), ("<=3.12", "3.12.0", true),
    ])
    func versions(requirement: String, version: String, isAllowed: Bool) throws {
        #expect(try #require(PythonRequirement(requirement)).allows(version) == isAllowed)
    }

    @Test(arguments: ["", "banana", ">=", ">=3.x", ">=3.10,", ">=3.*", "~=3", "3.10rc1", "=3.10", "<>3"])
    func otherTexts(text: String) { #expect(PythonRequirement(text) == nil) }
}
