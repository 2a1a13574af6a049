import SynapseModels

extension ClientError {
    /// Whether the answer of failure came from something in front of the server, such as a proxy.
    ///
    /// The server answers JSON. A page, or anything else, says nothing about the request, whatever its status: what it
    /// names may well be there, and the same request may pass the next time. Only that a request was too large is believed
    /// of a proxy, because it stays so.
    package var isFromBetween: Bool {
        if code == .htmlResponse { return true }
        guard case .answered = delivery, let status = context.status, status >= 400, status != 413,
            let body = context.responseBody
        else { return false }
        let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first != UInt8(ascii: "{") && first != UInt8(ascii: "[") && (try? JSONValue(parsing: body)) == nil
    }

    /// Whether the server itself says that what was asked for is not there any more.
    package var saysGone: Bool { (code == .notFound || code == .gone) && !isFromBetween }
}
