import HTTPTypes
public import SynapseModels

// Signing in, users, members, tenants and access tokens. Source: docs/wire-protocol.md, "Accounts".
extension BackendClient {
    /// Signs in with a password and returns a token of the user.
    ///
    /// The client itself goes on with the credentials that it has; make another with the token as
    /// `authorizationToken`.
    ///
    /// - Parameters:
    ///   - email: The address of the user.
    ///   - password: The password.
    /// - Returns: The token, sent as `Authorization`; it works in every tenant that the user is a member of.
    /// - Throws: ``ClientError``, coded `notSignedIn` when address or password is wrong, `rateLimited` after too many
    ///   attempts.
    public func login(email: String, password: String) async throws -> Secret {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("email", email)
            writer.member("password", password)
        }
        var request = ClientRequest("login", .post, .path("users/login/"), body: HTTPBody(bytes: writer.bytes))
        request.needsCredentials = false
        // Signing in twice makes two tokens, of which one is never seen: nothing is lost by a repetition.
        request.isRead = true
        request.idempotencyKey = nil
        let answer = try await value(request, as: RawJSON.self).objectRow()
        guard let token = try? answer.read("token", as: String.self) else {
            throw ClientError(.unexpectedShape, "the server answered no token", delivery: .answered)
        }
        return Secret(token)
    }

    /// Ends the user's token that the client has; an access token goes on.
    ///
    /// - Throws: ``ClientError``.
    public func logout() async throws {
        _ = try await pipeline.send(ClientRequest("logout", .post, .path("users/logout/")))
    }

    /// Gets the user that the client's credentials belong to.
    ///
    /// - Returns: The user, with tenant and role.
    /// - Throws: ``ClientError``, coded `notSignedIn` or `notAllowed`.
    public func getCurrentUser() async throws -> User {
        try await value(ClientRequest("getCurrentUser", .get, .path("users/me/")))
    }

    /// Changes the password of the user that the client's credentials belong to; the user's other tokens end.
    ///
    /// - Parameters:
    ///   - password: The new password, of at least 8 characters.
    ///   - current: The old one, where there is one.
    /// - Returns: The user.
    /// - Throws: ``ClientError``, coded `validationFailed` when the old password is wrong or the new one too short.
    @discardableResult
    public func setPassword(_ password: String, current: String? = nil) async throws -> User {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("password", password)
            writer.memberIfPresent("current_password", current)
        }
        return try await value(
            ClientRequest("setPassword", .patch, .path("users/me/"), body: HTTPBody(bytes: writer.bytes)))
    }

    /// Changes the password of another user; for the administrator of the backend.
    ///
    /// - Parameters:
    ///   - password: The new password, of at least 8 characters.
    ///   - id: The user.
    /// - Returns: The user.
    /// - Throws: ``ClientError``, coded `notAllowed` or `notFound`.
    @discardableResult
    public func setPassword(_ password: String, of id: User.ID) async throws -> User {
        var writer = JSONWriter()
        writer.object { $0.member("password", password) }
        return try await value(
            ClientRequest("setPassword", .patch, .path("users/\(id)/"), body: HTTPBody(bytes: writer.bytes)))
    }

    /// Lists the users who are members of the tenant, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listUsers(_ query: ListQuery = ListQuery()) async throws -> Page<User> {
        try await page(ClientRequest("listUsers", .get, .path("users/"), query: query.items))
    }

    /// Lists all users who are members of the tenant.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The users, fetched as they are read.
    public func listAllUsers(
        _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<User> {
        pages("listUsers", "users/", query: query.items, options: options)
    }

    /// Creates a user who is a member of the tenant; for administrators and owners.
    ///
    /// - Parameter user: What to create.
    /// - Returns: The user.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors, `notAllowed`, or `outcomeUnknown`.
    public func createUser(_ user: UserCreate) async throws -> User {
        try await value(ClientRequest("createUser", .post, .path("users/"), body: HTTPBody(json: user)))
    }

    /// Lists the tenants that the user is a member of.
    ///
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listTenants() async throws -> Page<Tenant> {
        try await page(ClientRequest("listTenants", .get, .path("tenants/")))
    }

    /// Lists the members of the tenant, one page.
    ///
    /// - Parameters:
    ///   - role: Only those with this role.
    ///   - query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listMembers(role: MemberRole? = nil, _ query: ListQuery = ListQuery()) async throws -> Page<Member> {
        let items = (role.map { [QueryItem("role", $0.rawValue)] } ?? []) + query.items
        return try await page(ClientRequest("listMembers", .get, .path("members/"), query: items))
    }

    /// Makes a user who is there a member of the tenant; for administrators and owners.
    ///
    /// - Parameter member: Whom to add.
    /// - Returns: The member.
    /// - Throws: ``ClientError``, coded `validationFailed` when there is no such user, or `notAllowed`.
    public func addMember(_ member: MemberCreate) async throws -> Member {
        try await value(ClientRequest("addMember", .post, .path("members/"), body: HTTPBody(json: member)))
    }

    /// Gives a member another role.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - id: The member.
    /// - Returns: The member.
    /// - Throws: ``ClientError``, coded `validationFailed` when no owner would be left, or `notAllowed`.
    @discardableResult
    public func setRole(_ role: MemberRole, of id: Member.ID) async throws -> Member {
        var writer = JSONWriter()
        writer.object { $0.member("role", role) }
        return try await value(
            ClientRequest("setRole", .patch, .path("members/\(id)/"), body: HTTPBody(bytes: writer.bytes)))
    }

    /// Ends a membership, and with it the member's access tokens of the tenant.
    ///
    /// - Parameter id: The member.
    /// - Throws: ``ClientError``, coded `conflict` when assignments name the member, or `notAllowed`.
    public func removeMember(_ id: Member.ID) async throws {
        _ = try await pipeline.send(ClientRequest("removeMember", .delete, .path("members/\(id)/")))
    }

    /// Lists access tokens: all of the tenant for administrators and owners, else the user's own; one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page; the tokens themselves are not in it.
    /// - Throws: ``ClientError``.
    public func listTokens(_ query: ListQuery = ListQuery()) async throws -> Page<AccessToken> {
        try await page(ClientRequest("listTokens", .get, .path("tokens/"), query: query.items))
    }

    /// Lists all access tokens that ``listTokens(_:)`` would give.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The tokens' descriptions, fetched as they are read.
    public func listAllTokens(
        _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<AccessToken> {
        pages("listTokens", "tokens/", query: query.items, options: options)
    }

    /// Creates an access token; for administrators and owners.
    ///
    /// - Parameters:
    ///   - description: What it is for.
    ///   - user: The member whose rights it has; `nil` is the caller.
    /// - Returns: The token, which is shown this once.
    /// - Throws: ``ClientError``, coded `notAllowed`, `validationFailed` or `outcomeUnknown`.
    public func createToken(description: String = "", user: User.ID? = nil) async throws -> CreatedToken {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("description", description)
            writer.memberIfPresent("user", user)
        }
        let request = ClientRequest("createToken", .post, .path("tokens/"), body: HTTPBody(bytes: writer.bytes))
        let row = try await value(request, as: RawJSON.self).objectRow()
        guard let token = try? row.read("token", as: String.self), var details = try? AccessToken(row: row) else {
            throw ClientError(.unexpectedShape, "the server answered no token", delivery: .answered)
        }
        // The row holds the token itself.
        details.row = nil
        return CreatedToken(token: Secret(token), details: details)
    }

    /// Ends an access token at once.
    ///
    /// - Parameter id: The token.
    /// - Throws: ``ClientError``, coded `notFound` or `notAllowed`.
    public func revokeToken(_ id: AccessToken.ID) async throws {
        _ = try await pipeline.send(ClientRequest("revokeToken", .delete, .path("tokens/\(id)/")))
    }
}

/// An access token that was made just now.
public struct CreatedToken: Sendable {
    /// The token, which no later answer shows.
    public var token: Secret
    /// What is known of it.
    public var details: AccessToken

    /// Gives the token to a closure that keeps it, such as one that writes it into a file.
    ///
    /// - Parameter body: What is done with the token.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws.
    public func withToken<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        try body(token.value)
    }
}

extension RawJSON {
    /// The object that an answer must be.
    fileprivate func objectRow() throws(ClientError) -> JSONRow {
        do {
            return try row()
        } catch {
            throw ClientError(.unexpectedShape, "the server answered no object", delivery: .answered)
        }
    }
}
