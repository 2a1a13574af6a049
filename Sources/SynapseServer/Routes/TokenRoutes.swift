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

    /// Makes a token and shows it, once.
    ///
    /// The answer that is kept under an idempotency key is without the token, which is never stored. A repetition gets
    /// the token computed anew; after a restart of the server that cannot be done any more, and the answer says so.
    private static let create: RouteTable.Handler = { scope in
        let identity = scope.identity
        let body = try await scope.readJSON()
        var reader = FieldReader(try body.object())
        let description = reader.text("description", fallback: "", maximum: 200)
        let user = reader.optionalIdentifier("user", fallback: nil) ?? identity.userID
        try reader.errors.throwIfAny()
        if user != identity.userID { try identity.requireAdministrator() }
        let key = try scope.write(body.fingerprint).key
        let token = scope.services.tokens.make(identity, key)
        let members = MemberRepository(tenant: identity.tenantID)
        let repository = AccessTokenRepository(tenant: identity.tenantID)
        let answer = try await scope.database.write { db in
            if let key, try key.savedAnswer(db, tenant: identity.tenantID) != nil {
                guard let record = try repository.find(db, token: token) else { throw notShownAgain }
                var answer = Answer(status: .created) { record.write(to: &$0, .all, token: token) }
                answer.isReplayed = true
                return answer
            }
            // A key that is older than what is kept under keys computes a token that there was.
            guard try !repository.isKnown(db, token: token) else { throw notShownAgain }
            guard let holder = try members.find(db, user: user) else {
                throw APIError.field("user", APIError.unknownKeyText(user))
            }
            try identity.requireRole(atLeast: holder.role)
            let isOwn = user == identity.userID
            if holder.isAdmin, !isOwn {
                throw APIError(.forbidden, "Only the administrator of the backend makes tokens for that user.")
            }
            let record = try repository.create(
                db, user: user, token: token, description: description, isPersonal: isOwn && identity.isPersonal)
            try key?.save(Answer(status: .created) { record.write(to: &$0, .all) }, db, tenant: identity.tenantID)
            return Answer(status: .created) { record.write(to: &$0, .all, token: token) }
        }
        if !answer.isReplayed {
            scope.services.cache.note([TableChange(table: .accessToken)], tenant: identity.tenantID)
        }
        return answer
    }

    private static var notShownAgain: APIError {
        APIError(
            .conflict,
            "The token of this request was made before and can't be shown again; revoke it and make one with a new key."
        )
    }

    private static let revoke: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let identity = scope.identity
        let members = MemberRepository(tenant: identity.tenantID)
        let repository = AccessTokenRepository(tenant: identity.tenantID)
        let answer = try await scope.write(scope.fingerprint()).commit(
            changing: [TableChange(table: .accessToken, changedExisting: true)]
        ) { db in
            let record = try repository.existing(db, id)
            if record.user != identity.userID {
                try identity.requireAdministrator()
                if let holder = try members.find(db, user: record.user) {
                    try identity.requireRole(atLeast: holder.role)
                }
            }
            try repository.revoke(db, id)
            return .noContent
        }
        scope.services.authenticator.forget()
        return answer
    }
}
