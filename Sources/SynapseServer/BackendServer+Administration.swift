import GRDB

extension BackendServer {
    /// Makes a tenant: a world of its own, whose rows no other tenant's token can see.
    ///
    /// - Parameters:
    ///   - code: What clients name the tenant by, 1 to 64 characters.
    ///   - name: A name for people.
    /// - Throws: ``BackendServerError`` coded `invalid_argument` when the code is taken or not usable, and `unavailable`
    ///   when the database cannot take the tenant now.
    public func createTenant(code: String, name: String) async throws {
        try await write { [makeTenant = tenantMaker] db in _ = try makeTenant(db, code, name) }
    }

    /// Makes a tenant, and a token of it in a file that only its owner can read: both or none.
    ///
    /// - Parameters:
    ///   - code: What clients name the tenant by, 1 to 64 characters.
    ///   - name: A name for people.
    ///   - path: The file of the token, which must not be there yet.
    /// - Throws: ``BackendServerError`` coded `invalid_argument` when the code is taken or not usable, or the file is
    ///   there or cannot be written, and `unavailable` when the database cannot take the tenant now.
    public func createTenant(code: String, name: String, tokenFile path: String) async throws {
        guard !FileSystem.exists(path) else {
            throw BackendServerError(code: .invalidArgument, message: "The file \(path) is there already.")
        }
        let token = TokenMaker.random()
        try await write { [makeTenant = tenantMaker] db in
            let tenant = try makeTenant(db, code, name)
            try TenantRepository().keep(db, token: token, tenant: tenant, description: "Administrator")
            do {
                try FileSystem.writeAtomically(token + "\n", to: path)
            } catch {
                throw BackendServerError(
                    code: .invalidArgument, message: "The token cannot be written to \(path): \(error).",
                    underlying: error)
            }
        }
    }

    /// A tenant of the backend.
    public struct TenantSummary: Sendable, Hashable {
        /// What clients name it by.
        public var code: String
        /// Its name for people.
        public var name: String
        /// When it was made, as the wire spells times.
        public var created: String
    }

    /// Lists the tenants, the oldest first.
    ///
    /// - Throws: ``BackendServerError`` coded `unavailable` when the database cannot be read now.
    public func listTenants() async throws -> [TenantSummary] {
        try await administer {
            try await services.database.read { db in
                try Row.fetchAll(db, sql: "SELECT code, name, created FROM tenant ORDER BY id").map {
                    TenantSummary(code: $0[0], name: $0[1], created: $0[2])
                }
            }
        }
    }

    /// Makes an access token of a tenant.
    ///
    /// It is shown this once: only its digest is kept.
    ///
    /// - Throws: ``BackendServerError`` coded `invalid_argument` when there is no such tenant, and `unavailable` when the
    ///   database cannot take the token now.
    public func createAccessToken(tenant code: String, description: String = "") async throws -> String {
        let token = TokenMaker.random()
        let tenant = try await write { db in
            let tenants = TenantRepository()
            guard let tenant = try tenants.id(db, code: code) else {
                throw BackendServerError(code: .invalidArgument, message: "There is no tenant \(code).")
            }
            try tenants.keep(db, token: token, tenant: tenant, description: description)
            return tenant
        }
        services.cache.note([TableChange(table: .accessToken)], tenant: tenant)
        return token
    }

    /// Ends a token at once, and answers whether it was in force.
    ///
    /// - Throws: ``BackendServerError`` coded `unavailable` when the database cannot take the change now.
    @discardableResult
    public func revokeAccessToken(_ token: String) async throws -> Bool {
        let wasInForce = try await write { db in
            try TenantRepository().revoke(db, token: token)
            return db.changesCount > 0
        }
        services.authenticator.forget()
        return wasInForce
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await administer { try await services.database.write(body) }
    }

    /// Turns what the database says to requests into what these calls are documented to throw.
    private func administer<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error where error is BackendServerError || error is CancellationError {
            throw error
        } catch {
            var reason = "The database cannot be used now."
            if let error = error as? APIError, case .detail(let text, _) = error.body { reason = text }
            throw BackendServerError(code: .unavailable, message: reason, underlying: error)
        }
    }

    /// Makes a tenant, whose agent this server is where it runs jobs.
    private var tenantMaker: @Sendable (Database, String, String) throws -> Int64 {
        let runsJobs = services.executor != nil
        let address = readiness.address
        return { db, code, name in
            guard (1...64).contains(code.count), code.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
                throw BackendServerError(
                    code: .invalidArgument, message: "A tenant's code has 1 to 64 ASCII characters.")
            }
            let tenants = TenantRepository()
            guard try tenants.id(db, code: code) == nil else {
                throw BackendServerError(code: .invalidArgument, message: "The tenant \(code) exists already.")
            }
            let tenant = try tenants.createTenant(db, code: code, name: name)
            if runsJobs { try EmbeddedAgent.register(db, url: address) }
            return tenant
        }
    }
}
