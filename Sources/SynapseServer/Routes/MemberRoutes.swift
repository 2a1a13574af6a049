import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `members/` and `tenants/`.
enum MemberRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "members") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(MemberRepository.definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { MemberRecord(row: row).write(to: &$0, wanted) } }
            }
        }
        table.on(.post, "members", add)
        table.on(.get, "members/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let members = MemberRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try members.existing(db, id)
                return Answer { record.write(to: &$0, wanted) }
            }
        }
        table.on(.patch, "members/{id}", setRole)
        table.on(.delete, "members/{id}", remove)
        table.on(.get, "tenants", listTenants)
    }

    private static let changes = [TableChange(table: .member, changedExisting: true)]

    private static let add: RouteTable.Handler = { scope in
        try scope.identity.requireAdministrator()
        let body = try await scope.readJSON()
        let row = try body.object()
        var reader = FieldReader(row)
        let role = Role(rawValue: reader.word("role", fallback: "member", of: Role.allCases.map(\.rawValue))) ?? .member
        let user = row.contains("user") ? reader.integer("user", fallback: nil) : nil
        let email = user == nil ? reader.email("email") : nil
        try reader.errors.throwIfAny()
        try scope.identity.requireRole(atLeast: role)
        let members = MemberRepository(tenant: scope.identity.tenantID)
        let answer = try await scope.write(body.fingerprint).commit(changing: changes) { db in
            // A number names a member only: by counting, an administrator would learn the addresses of other tenants.
            let found =
                try email.map { try UserRepository().find(db, email: $0)?.id }
                ?? user.flatMap { try members.find(db, user: $0)?.user }
            guard let found else {
                throw APIError.field(
                    email == nil ? "user" : "email", APIError.unknownKeyText(email ?? "\(user ?? 0)"))
            }
            // Who is a member here may be spoken for by the tenant's owners.
            if found != scope.identity.userID, try UserRepository().isAdministrator(db, found) {
                throw APIError(.forbidden, "The administrator of the backend can't be made a member by others.")
            }
            let record = try members.add(db, user: found, role: role)
            return Answer(status: .created) { record.write(to: &$0, .all) }
        }
        scope.services.authenticator.forget()
        return answer
    }

    private static let setRole: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let identity = scope.identity
        let members = MemberRepository(tenant: identity.tenantID)
        // Whether there is such a row comes before whether it may be changed.
        _ = try await scope.database.read { db in try members.existing(db, id) }
        try identity.requireAdministrator()
        var reader = FieldReader(row)
        let role = Role(rawValue: reader.word("role", fallback: nil, of: Role.allCases.map(\.rawValue))) ?? .member
        try reader.errors.throwIfAny()
        try identity.requireRole(atLeast: role)
        let answer = try await scope.write(body.fingerprint).commit(changing: changes) { db in
            let old = try members.existing(db, id)
            try identity.requireRole(atLeast: old.role)
            let record = try members.setRole(db, old, role)
            return Answer { record.write(to: &$0, .all) }
        }
        scope.services.authenticator.forget()
        return answer
    }

    private static let remove: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let identity = scope.identity
        let members = MemberRepository(tenant: identity.tenantID)
        _ = try await scope.write(scope.fingerprint()).commit(
            changing: changes + [TableChange(table: .accessToken, changedExisting: true)]
        ) { db in
            let record = try members.existing(db, id)
            // Everybody may leave.
            if record.user != identity.userID { try identity.requireAdministrator() }
            try identity.requireRole(atLeast: record.role)
            try members.remove(db, record)
            return .noContent
        }
        scope.services.authenticator.forget()
        return .noContent
    }

    /// The tenants of the caller, so that a program can choose among them; few, so on one page.
    ///
    /// An access token is of one.
    private static let listTenants: RouteTable.Handler = { scope in
        try ListDefinition.refuseFilters(scope.query)
        let identity = scope.identity
        guard (scope.query["page"] ?? "1") == "1" else { throw APIError.invalidPage }
        return try await scope.database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT tenant.id, tenant.code, tenant.name, member.role, tenant.created
                    FROM member JOIN tenant ON tenant.id = member.tenant_id
                    WHERE member.user_id = ? AND (? OR tenant.id = ?) ORDER BY member.id
                    """,
                arguments: [identity.userID, identity.hasSignedIn, identity.tenantID])
            return Answer { writer in
                writer.object { writer in
                    writer.member("count", rows.count)
                    writer.member("next", String?.none)
                    writer.member("previous", String?.none)
                    writer.member("results") { writer in
                        writer.array { writer in
                            for row in rows { writer.element { write(row, to: &$0) } }
                        }
                    }
                }
            }
        }
    }

    private static func write(_ row: Row, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", row[0] as Int64)
            writer.member("code", row[1] as String)
            writer.member("slug", row[1] as String)
            writer.member("name", row[2] as String)
            writer.member("role", row[3] as String)
            writer.member("is_active", true)
            writer.member("created", row[4] as String)
        }
    }
}
