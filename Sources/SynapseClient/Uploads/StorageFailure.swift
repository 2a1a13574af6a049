import HTTPTypes
import SynapseModels

/// What a failed request to a storage means.
///
/// Pure. A storage says in its body whether it refused, and why; what has no such body comes from something in between.
/// Source: docs/wire-protocol.md, "Presigned upload".
package struct StorageFailure: Sendable {
    /// What can be done about it.
    package enum Kind: Sendable, Hashable {
        /// Trying the same again can help.
        case passing
        /// The URL has expired: another one can help.
        case expired
        case final
    }

    package let kind: Kind
    /// The failure in words that hold neither the URL nor what the storage wrote about its signature.
    package let error: ClientError

    package init(_ error: ClientError, file: String, server: String) {
        let body = error.context.responseBody.map { String(decoding: $0.prefix(4096), as: UTF8.self) } ?? ""
        let code = Self.element("Code", in: body)
        kind = Self.kind(error, code: code, body: body)
        var clean = error
        clean.context.responseBody = nil
        clean.context.fieldErrors = []
        clean.context.file = file
        clean.underlying = nil
        if case .answered = error.delivery, let status = error.context.status {
            let plain = status == 507 ? "it has no space left" : "status \(status), without a reason"
            let reason = code.map { ErrorText.oneLine($0, limit: 60) } ?? plain
            clean.message = "the storage at \(server) refused \(FileSource.name(ofPath: file)): \(reason)"
            if kind == .expired { clean.message += "; the signed URL has expired" }
        }
        self.error = clean
    }

    private static func kind(_ error: ClientError, code: String?, body: String) -> Kind {
        switch error.delivery {
        case .local: return .final
        case .notSent: return error.code == .tlsFailed ? .final : .passing
        case .unknown: return error.code == .deadlineExceeded ? .final : .passing
        case .answered: break
        }
        let status = error.context.status ?? 0
        if [400, 401, 403].contains(status), let code {
            let isOver =
                ["ExpiredToken", "RequestExpired", "TokenRefreshRequired"].contains(code)
                || body.lowercased().contains("expired") || body.contains("not valid in the specified time frame")
            if isOver { return .expired }
        }
        if status >= 500 || [408, 425, 429].contains(status) { return .passing }
        if let code { return ["RequestTimeout", "SlowDown", "InternalError"].contains(code) ? .passing : .final }
        // Something in between refused it: a proxy, not the storage.
        return (400...499).contains(status) ? .passing : .final
    }

    /// The text of the first element of a name in a small XML document.
    private static func element(_ name: String, in body: String) -> String? {
        guard let start = body.firstRange(of: "<\(name)>") else { return nil }
        let text = body[start.upperBound...].prefix { $0 != "<" }
        return text.isEmpty ? nil : String(text)
    }
}
