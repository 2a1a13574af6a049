/// A `multipart/form-data` body with a known length.
///
/// Shape: text parts without a type, file parts without a type and with a quoted file name: raw UTF-8, with `"`, CR and
/// LF percent-encoded. Source: docs/wire-protocol.md, "Multipart"; RFC 7578, section 4.
package struct MultipartForm {
    private var segments: [HTTPBody.Segment] = []
    private let boundary: String

    /// - Parameter boundary: 32 hexadecimal digits unless given. A body that is sent again keeps its boundary, so
    ///   that both are the same bytes.
    package init(boundary: String = MultipartForm.makeBoundary()) {
        self.boundary = boundary
    }

    package mutating func addText(name: String, value: String) {
        append("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quote(name))\"\r\n\r\n\(value)\r\n")
    }

    package mutating func addFile(name: String, filename: String, content: HTTPBody.Segment) {
        append(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quote(name))\"; "
                + "filename=\"\(Self.quote(filename))\"\r\n\r\n"
        )
        segments.append(content)
        append("\r\n")
    }

    package func body() -> HTTPBody {
        HTTPBody(
            segments: segments + [.bytes(Array("--\(boundary)--\r\n".utf8))],
            contentType: "multipart/form-data; boundary=\(boundary)"
        )
    }

    package static func makeBoundary() -> String {
        // The generator asks the system for each number that it makes: two large ones, not 16 small ones.
        let bits = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return unsafe withUnsafeBytes(of: bits) { unsafe Hexadecimal.text($0) }
    }

    package static func quote(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result.append(contentsOf: "%22".utf8)
            case UInt8(ascii: "\r"): result.append(contentsOf: "%0D".utf8)
            case UInt8(ascii: "\n"): result.append(contentsOf: "%0A".utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private mutating func append(_ text: String) {
        // A file in memory is not copied for the line break behind it.
        if case .bytes(let bytes) = segments.last, bytes.count < 4096 {
            segments[segments.count - 1] = .bytes(bytes + Array(text.utf8))
        } else {
            segments.append(.bytes(Array(text.utf8)))
        }
    }
}
