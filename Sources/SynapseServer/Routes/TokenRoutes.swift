import HTTPTypes
import SynapseModels

/// The routes under `tokens/`: access tokens of the tenant.
///
/// Everybody sees, makes and ends tokens of their own; an administrator also those of members whose role is not higher.
/// A token acts as the user that it is of, so that nobody's token can do more than they can.
enum TokenRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "tokens") { scope in
            let wanted = FieldSelection(scope.query)
            let identity = scope.identity
            // What is shown includes when tokens were used, this request included.
            try await scope.services.authenticator.recordUse()
            let definition = AccessTokenRepository.definition(
                user: identity.role >= .admin ? nil : identity.userID)
            return try await ListReader(definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { AccessTokenRecord(row: row).write(to: &$0, wanted) } }
            }
        }
        table.on(.post, "tokens", create)
        table.on(.delete, "tokens/{id}", revoke)
    }

    private static let create: RouteTable.Handler = { scope in
        let identity = scope.identity
        let body = try await scope.readJSON()
        var reader = FieldReader(try body.object())
        let description = reader.text("description", fallback: "", maximum: 200)
        let user = reader.optionalIdentifier("user", fallback: nil) ?? identity.userID
        try reader.errors.throwIfAny()
        if user != identity.userID { try identity.requireAdministrator() }
        let token = scope.services.tokens.make(
            identity, idempotencyKey: try scope.idempotencyKeyText(), fingerprint: body.fingerprint.finalize())
        let members = MemberRepository(tenant: identity.tenantID)
        let repository = AccessTokenRepository(tenant: identity.tenantID)
        let answer = try await scope.database.write { db in
            guard let holder = try members.find(db, user: user) else {
                throw APIError.field("user", APIError.unknownKeyText(user))
            }
            try identity.requireRole(atLeast: holder.role)
            let record = try repository.create(db, user: user, token: token, description: description)
            return Answer(status: .created) { record.write(to: &$0, .all, token: token) }
        }
        scope.services.cache.note([TableChange(table: .accessToken)], tenant: identity.tenantID)
        return answer
    }

    private static let revoke: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let identity = scope.identity
        let members = MemberRepository(tenant: identity.tenantID)
        let repository = AccessTokenRepository(tenant: identity.tenantID)
        try await scope.database.write { db in
            let record = try repository.existing(db, id)
            if record.user != identity.userID {
                try identity.requireAdministrator()
                if let holder = try members.find(db, user: record.user) {
                    try identity.requireRole(atLeast: holder.role)
                }
            }
            try repository.revoke(db, id)
        }
        scope.services.authenticator.forget()
        scope.services.cache.note(
            [TableChange(table: .accessToken, changedExisting: true)], tenant: identity.tenantID)
        return .noContent
    }
}
