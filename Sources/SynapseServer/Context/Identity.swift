import HTTPTypes

/// Who a request is from, and in which tenant.
struct Identity: Sendable, Hashable {
    let tenantID: Int64
    let tenantCode: String
    /// The user; no user has the number of an agent's identity, 0.
    let userID: Int64
    let role: Role
    /// Whether the user has signed in, which holds in all tenants.
    var hasSignedIn = false
    /// Whether the user is known to be the caller: after signing in, or by an access token that the user made so.
    ///
    /// Other access tokens may have been made by an administrator of the tenant.
    var isPersonal = false
    /// The agent, when the request brings nothing but an agent's token.
    var agentID: Int64?
    /// The job, when the request brings the token that was made for one; ``role`` is a member's at most then.
    var jobID: Int64?
}

/// What a member of a tenant may do.
enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Reads, and no secrets.
    case guest
    /// Does the work.
    case member
    /// May also make users and tokens.
    case admin
    /// May also make administrators and owners.
    case owner

    private var rank: Int {
        switch self {
        case .guest: 0
        case .member: 1
        case .admin: 2
        case .owner: 3
        }
    }

    static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

extension Identity {
    /// Who the caller is within the tenant, in a word.
    var caller: String {
        if let jobID { return "job \(jobID)" }
        if let agentID { return "agent \(agentID)" }
        // Whoever may not act for the user as a whole must not get what is kept for the user.
        return isPersonal ? "user \(userID)" : "user \(userID) by a given token"
    }

    /// - Throws: ``APIError`` with status 403 for somebody who is neither administrator nor owner of the tenant.
    func requireAdministrator() throws(APIError) {
        guard role >= .admin else {
            throw APIError(.forbidden, "Only an administrator or an owner of the tenant may do this.")
        }
    }

    /// - Throws: ``APIError`` with status 403 for an administrator who deals with somebody of a higher role.
    func requireRole(atLeast other: Role) throws(APIError) {
        guard role >= other else {
            throw APIError(.forbidden, "An \(role.rawValue) may not do this for an \(other.rawValue).")
        }
    }
}
