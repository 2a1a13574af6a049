import SynapseClient

enum ContentGuardExamples {
    static func allowing(_ configuration: inout ClientConfiguration) {
        configuration.contentGuard.allowedRules = [.scriptInjection]
        configuration.contentGuard.allowedFiles = ["data/page.html"]
    }
}
