import GRDB
import HTTPTypes
import Hummingbird
import SynapseModels

/// The routes under `users/`, with those of members, tenants and tokens.
///
/// Nothing that holds a password or a token is kept for repeated requests.
enum UserRoutes {
    static func add(to table: inout RouteTable) {
        LoginRoutes.add(to: &table)
        MemberRoutes.add(to: &table)
        TokenRoutes.add(to: &table)
        table.on(.get, "users") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(MemberRepository.users, scope).answer { _, rows, writer in
                for row in rows { writer.element { MemberRecord(row: row).writeUser(to: &$0, wanted) } }
            }
        }
        table.on(.post, "users", create)
        table.on(.get, "users/me") { scope in
            try await show(scope, scope.identity.userID)
        }
        table.on(.patch, "users/me", changeMyself)
        table.on(.get, "users/{id}") { scope in
            try await show(scope, try scope.identifier())
        }
        table.on(.patch, "users/{id}", change)
    }

    private static func show(_ scope: RequestScope, _ user: Int64) async throws -> Answer {
        let wanted = FieldSelection(scope.query)
        let members = MemberRepository(tenant: scope.identity.tenantID)
        return try await scope.database.read { db in
            let record = try members.existing(db, user: user)
            return Answer { record.writeUser(to: &$0, wanted) }
        }
    }

    private static let create: RouteTable.Handler = { scope in
        try scope.identity.requireAdministrator()
        let body = try await scope.readJSON()
        var reader = FieldReader(try body.object())
        let email = reader.email("email")
        let name = reader.text("name", fallback: "", maximum: 200)
        let role = Role(rawValue: reader.word("role", fallback: "member", of: Role.allCases.map(\.rawValue))) ?? .member
        let password = reader.password("password", isRequired: false)
        try reader.errors.throwIfAny()
        try scope.identity.requireRole(atLeast: role)
        let members = MemberRepository(tenant: scope.identity.tenantID)
        var digest: String?
        if let password { digest = try await scope.services.passwords.digest(password) }
        let kept = digest
        let fingerprint = scope.fingerprint(without: ["password"], of: reader.row)
        return try await scope.write(fingerprint).commit(changing: [TableChange(table: .member)]) { db in
            let record = try members.createUser(
                db, email: email, name: name.isEmpty ? String(email.prefix { $0 != "@" }) : name, passwordDigest: kept,
                role: role)
            return Answer(status: .created) { record.writeUser(to: &$0, .all) }
        }
    }

    /// A user's own name and password; the old password must be told where there is one.
    private static let changeMyself: RouteTable.Handler = { scope in
        let user = scope.identity.userID
        let body = try await scope.readJSON()
        let row = try body.object()
        let identity = scope.identity
        let kept = try await scope.database.read { db in
            try UserRepository().checkActsInAllTenants(db, identity)
            return try UserRepository().passwordDigest(db, user)
        }
        if row.contains("password"), let kept {
            var reader = FieldReader(row)
            let current = reader.text("current_password", fallback: nil, maximum: PasswordKeeper.longest)
            try reader.errors.throwIfAny()
            let isRight = try await scope.services.passwords.matches(
                current, kept, user: "user \(user)", source: "signed in")
            guard isRight else { throw APIError.field("current_password", "The password is not right.") }
        }
        return try await update(scope, row, user)
    }

    /// Any user of the tenant, by the administrator of the whole backend: passwords hold in all tenants.
    private static let change: RouteTable.Handler = { scope in
        let user = try scope.identifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let identity = scope.identity
        let isAllowed = try await scope.database.read { db in
            _ = try MemberRepository(tenant: identity.tenantID).existing(db, user: user)
            guard try UserRepository().isAdministrator(db, identity.userID) else { return false }
            try UserRepository().checkActsInAllTenants(db, identity)
            return true
        }
        guard isAllowed else {
            throw APIError(.forbidden, "Only an administrator of the backend may change another user.")
        }
        return try await update(scope, row, user)
    }

    private static func update(_ scope: RequestScope, _ row: JSONRow, _ user: Int64) async throws -> Answer {
        var reader = FieldReader(row)
        let name = row.contains("name") ? reader.text("name", fallback: nil, maximum: 200, allowsEmpty: false) : nil
        let password = reader.password("password", isRequired: false)
        try reader.errors.throwIfAny()
        var digest: String?
        if let password { digest = try await scope.services.passwords.digest(password) }
        let kept = digest
        let members = MemberRepository(tenant: scope.identity.tenantID)
        let session = Authenticator.presentedDigest(scope.request.headers)
        let fingerprint = scope.fingerprint(without: ["password", "current_password"], of: row)
        let answer = try await scope.write(fingerprint).commit(
            changing: [TableChange(table: .member, changedExisting: true)]
        ) { db in
            _ = try members.existing(db, user: user)
            try UserRepository().update(db, user, name: name, passwordDigest: kept, keeping: session)
            let record = try members.existing(db, user: user)
            return Answer { record.writeUser(to: &$0, .all) }
        }
        scope.services.authenticator.forget()
        return answer
    }
}

extension FieldReader {
    /// An address in lower case: the same person must not be two users.
    mutating func email(_ key: String) -> String {
        let text = text(key, fallback: nil, maximum: 254, allowsEmpty: false).lowercased()
        if errors.fields.last?.name == key { return text }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isUsable =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace }
        if !isUsable { errors.add(key, "Enter a valid email address.") }
        return text
    }

    /// A password that is to be set; what is wrong with it is told without it.
    mutating func password(_ key: String, isRequired: Bool) -> String? {
        guard row.contains(key) || isRequired else { return nil }
        let text = text(key, fallback: nil, maximum: PasswordKeeper.longest)
        if text.unicodeScalars.count < PasswordKeeper.shortest, errors.fields.last?.name != key {
            errors.add(key, "A password has at least \(PasswordKeeper.shortest) characters.")
        }
        return text
    }
}

extension RequestScope {
    /// A digest of the request that has not seen some members of its body.
    ///
    /// A fast digest of a password must not be kept, for it could be guessed from.
    func fingerprint(without secrets: Set<String>, of row: JSONRow) -> RequestFingerprint {
        var fingerprint = fingerprint()
        for key in Set(row.keys).subtracting(secrets).sorted() {
            fingerprint.add(key)
            fingerprint.add(row[key]?.description ?? "")
        }
        return fingerprint
    }
}
