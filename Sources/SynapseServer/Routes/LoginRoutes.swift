import HTTPTypes
import Hummingbird
import NIOCore
import SynapseModels

/// `users/login/` and `users/logout/`.
enum LoginRoutes {
    private static let bodyLimit = 64 << 10

    static func add(to table: inout RouteTable) {
        table.onOpen(.post, "users/login") { scope in
            let (email, password) = try await credentials(scope)
            let passwords = scope.services.passwords
            let account = try await scope.services.database.read { db in try UserRepository().find(db, email: email) }
            let isRight = try await passwords.matches(
                password, account?.passwordDigest, user: email, source: scope.source)
            guard isRight, let account else {
                throw APIError.unauthorized("Unable to log in with provided credentials.")
            }
            let token = TokenMaker.random()
            try await scope.services.database.write { db in
                try UserRepository().beginSession(db, user: account.id, token: token)
            }
            return Answer { $0.object { $0.member("token", token) } }.response
        }
        table.on(.post, "users/logout") { scope in
            guard let digest = Authenticator.presentedDigest(scope.request.headers) else { return .noContent }
            try await scope.database.write { db in try UserRepository().endSession(db, digest: digest) }
            scope.services.authenticator.forget()
            return .noContent
        }
    }

    private static func credentials(_ scope: RouteTable.OpenScope) async throws -> (email: String, password: String) {
        let bytes: ByteBuffer
        do {
            bytes = try await scope.request.body.collect(upTo: bodyLimit)
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge(limit: bodyLimit)
        }
        let raw: RawJSON
        do {
            raw = try bytes.readableBytes == 0 ? .null : RawJSON(parsing: Array(buffer: bytes), limits: .request)
        } catch {
            throw APIError(.badRequest, "JSON parse error - \(error.message)")
        }
        var reader = FieldReader(try JSONBody.object(raw))
        let email = reader.text("email", fallback: nil, maximum: 254, allowsEmpty: false)
        let password = reader.text("password", fallback: nil, maximum: PasswordKeeper.longest, allowsEmpty: false)
        try reader.errors.throwIfAny()
        return (email, password)
    }
}
