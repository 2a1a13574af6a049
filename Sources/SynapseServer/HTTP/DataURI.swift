#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Content inside of a text: `data:image/png;base64,…`.
///
/// Source: RFC 2397.
struct DataURI: Sendable {
    let mediaType: String
    let bytes: [UInt8]

    /// Why a text is no such content.
    struct Problem: Error { let message: String }

    init(_ text: String) throws(Problem) {
        guard text.prefix(5).lowercased() == "data:" else {
            throw Problem(message: "Expected a data URI such as data:image/png;base64,… .")
        }
        let rest = text.dropFirst(5)
        guard let comma = rest.firstIndex(of: ",") else {
            throw Problem(message: "The data URI has no comma in front of its content.")
        }
        let head = rest[..<comma].split(separator: ";", omittingEmptySubsequences: false)
        let type = head.first.map { String($0).lowercased() } ?? ""
        mediaType = type.isEmpty ? "text/plain" : type
        let content = rest[rest.index(after: comma)...]
        if head.dropFirst().contains(where: { $0.lowercased() == "base64" }) {
            let plain = PercentCoding.decode(content) ?? ""
            guard !plain.isEmpty || content.isEmpty, let data = Data(base64Encoded: plain) else {
                throw Problem(message: "The content of the data URI is not base64.")
            }
            bytes = Array(data)
        } else {
            guard let plain = PercentCoding.decode(content) else {
                throw Problem(message: "The content of the data URI is not percent-encoded UTF-8.")
            }
            bytes = Array(plain.utf8)
        }
    }

    /// A name with the extension that goes with the type.
    func filename(_ stem: String) -> String {
        let suffix =
            switch mediaType {
            case "image/png": "png"
            case "image/jpeg": "jpg"
            case "image/gif": "gif"
            case "image/webp": "webp"
            case "image/bmp": "bmp"
            case "image/svg+xml": "svg"
            case "video/mp4": "mp4"
            case "audio/wav", "audio/x-wav": "wav"
            case "application/json": "json"
            case "application/zip": "zip"
            case "text/csv": "csv"
            case "text/plain": "txt"
            default: "bin"
            }
        return Filename.base("\(stem).\(suffix)")
    }
}
