import HTTPTypes

/// Who may use a route: the least role of a member of the tenant, and whether an agent may.
///
/// A job's token is a class of its own: it works as a member, and never manages accounts, tokens, agents or storages.
///
/// The rules are one table, so that no route can be without one: what is not named is read by everybody and changed by
/// members. Routes whose answer depends on the row, such as "one's own token", check further.
/// Source: docs/wire-protocol.md, "Who may do what".
struct AccessRule: Sendable, Equatable {
    var least: Role
    var allowsAgents = false
    /// Whether the token of a job may, which is less than that of the member who started it.
    var allowsJobs = true
    /// A query key that asks for secrets, and the least role for it.
    var secretKey: String?
    var leastForSecrets: Role = .member

    /// Reads are for everybody, writes for those who do the work.
    static func rule(_ method: HTTPRequest.Method, _ template: String) -> AccessRule {
        let method = method == .head ? .get : method
        return exceptions["\(method.rawValue) \(template)"] ?? AccessRule(least: method == .get ? .guest : .member)
    }

    private static let exceptions: [String: AccessRule] = {
        var rules: [String: AccessRule] = [:]
        for route in agentReads { rules["GET " + route] = AccessRule(least: .guest, allowsAgents: true) }
        for route in agentWrites { rules[route] = AccessRule(least: .member, allowsAgents: true) }
        for route in personal { rules[route] = AccessRule(least: .guest) }
        for route in administration { rules[route] = AccessRule(least: .admin) }
        for route in personal + administration + management {
            rules[route, default: AccessRule(least: .member)].allowsJobs = false
        }
        rules["GET storages/{id}"] = AccessRule(least: .guest, secretKey: "with_configuration")
        return rules
    }()

    /// What an agent reads to do its work.
    private static let agentReads = [
        "agents/{token}/connect", "jobs", "jobs/{id}", "jobs/{id}/console_logs", "jobs/{id}/tail_console_logs",
        "async/jobs/{id}/tail_console_logs", "logs", "plugins", "plugins/{id}", "plugin_releases",
        "plugin_releases/{id}", "serve_applications", "serve_applications/{id}",
    ]

    /// What an agent reports.
    private static let agentWrites = [
        "POST agents/{token}/connect", "PATCH jobs/{id}", "PUT trains/{id}/override_best_trial", "POST logs",
        "PATCH serve_applications/{id}",
    ]

    /// What everybody does for themselves; for others it is checked by the handler.
    private static let personal = [
        "POST users/logout", "PATCH users/me", "POST tokens", "DELETE tokens/{id}", "DELETE members/{id}",
    ]

    /// What is kept for administrators and owners.
    ///
    /// Changes of members and users answer 404 for a row that is not there before they ask for the role, by themselves.
    private static let administration = [
        "POST storages", "PATCH storages/{id}", "POST agents", "POST users", "POST members",
    ]

    /// What members may try and handlers keep for administrators; a job may not even try.
    private static let management = [
        "PATCH users/{id}", "PATCH members/{id}",
    ]

    /// - Throws: ``APIError`` with status 403 for somebody who may not use the route.
    func check(_ identity: Identity, _ query: QueryParameters) throws(APIError) {
        if identity.agentID != nil {
            guard allowsAgents else { throw APIError(.forbidden, "An agent may not do this.") }
            return
        }
        if identity.jobID != nil, !allowsJobs { throw APIError(.forbidden, "A job may not do this.") }
        guard identity.role >= least else { throw Self.refusal(identity.role) }
        guard let secretKey, let value = query[secretKey], QueryParameters.boolean(value) != false else { return }
        guard identity.role >= leastForSecrets else { throw Self.refusal(identity.role) }
    }

    private static func refusal(_ role: Role) -> APIError {
        APIError(
            .forbidden,
            role == .guest
                ? "A guest may not do this." : "Only an administrator or an owner of the tenant may do this.")
    }
}
