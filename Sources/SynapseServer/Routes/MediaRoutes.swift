import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /media/{name}/{filename}`: content behind a signed link, whole or in part.
///
/// Source: docs/wire-protocol.md, "Files"; RFC 9110, sections 13 and 14; RFC 6266.
enum MediaRoutes {
    private static let pieceByteCount = 1 << 20

    static func add(to table: inout RouteTable) {
        table.onOpen(.get, "media/{name}/{filename}", get)
    }

    private static let get: RouteTable.OpenHandler = { scope in
        guard scope.parameters.count == 2 else { throw APIError.notFound }
        let name = scope.parameters[0]
        guard LocalFileStore.isName(name) else { throw APIError.notFound }
        let filename = scope.parameters[1]
        guard
            scope.services.signer.isValid(
                name: name, filename: filename, expires: scope.query["expires"] ?? "",
                signature: scope.query["signature"] ?? "")
        else { throw APIError(.forbidden, "The link is not valid or has expired.") }
        let files = scope.services.files
        let (file, byteCount) = try await open(name, scope)
        // Content never changes under a name, so the name is a strong validator.
        let etag = "\"\(name)\""
        var headers = HTTPFields()
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = etag
        headers[.contentTypeOptions] = "nosniff"
        headers[.cacheControl] = "private, max-age=21600, immutable"
        headers[.contentDisposition] = disposition(filename)
        headers[.contentType] = contentType(filename)
        let requested = scope.request.headers
        if let known = requested[.ifNoneMatch],
            known == "*" || known.split(separator: ",").contains(where: { matches($0, etag) })
        {
            return Response(status: .notModified, headers: headers)
        }
        // A range is of the bytes that come: for `HEAD` none do.
        let wanted = scope.request.method == .get ? requested[.range] : nil
        var range = ByteRange.parse(wanted, byteCount: byteCount)
        if let condition = requested[.ifRange], condition != etag { range = .whole }
        switch range {
        case .whole:
            return Response(
                status: .ok, headers: headers, body: body(file, files, 0..<byteCount))
        case .part(let part):
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(byteCount)"
            return Response(status: .partialContent, headers: headers, body: body(file, files, part))
        case .unsatisfiable:
            var error = APIError(.rangeNotSatisfiable, "The range is outside of the file.")
            error.headers[.contentRange] = "bytes */\(byteCount)"
            error.headers[.acceptRanges] = "bytes"
            throw error
        }
    }

    /// Opens content with all the bytes that its row says it has.
    private static func open(_ name: String, _ scope: RouteTable.OpenScope) async throws -> (OpenFile, Int64) {
        let byteCount = try await scope.services.database.read { try StoredFileRepository.byteCount($0, of: name) }
        guard let byteCount else { throw APIError.notFound }
        let files = scope.services.files
        return try await files.run {
            do {
                let file = try files.open(name)
                let found = try file.byteCount()
                guard found == byteCount else {
                    throw APIError(
                        .internalServerError,
                        "The stored file is damaged: \(found) of its \(byteCount) bytes are there. Send the file again."
                    )
                }
                return (file, byteCount)
            } catch let error as SystemError where error.isMissing {
                throw APIError(.notFound, "The stored file is lost. Send the file again.")
            }
        }
    }

    /// Reads a mebibyte ahead of the socket at a time; a file changes memory use by no more.
    private static func body(_ file: OpenFile, _ files: LocalFileStore, _ range: Range<Int64>) -> ResponseBody {
        if range.isEmpty { return ResponseBody(byteBuffer: ByteBuffer()) }
        return ResponseBody(contentLength: Int(range.count)) { writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let start = position
                let count = Int(min(Int64(pieceByteCount), range.upperBound - position))
                let piece = try await files.run { try file.read(at: start, count: count) }
                guard piece.readableBytes > 0 else { throw Shortened() }
                position += Int64(piece.readableBytes)
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
    }

    /// The file ended before the bytes that were announced.
    private struct Shortened: Error {}

    private static func matches(_ candidate: Substring, _ etag: String) -> Bool {
        let text = candidate.trimmingBlanks()
        return text == etag || text == "W/" + etag
    }

    /// The name twice: in plain ASCII for old readers, and in full.
    static func disposition(_ filename: String) -> String {
        let plain = filename.unicodeScalars.map { scalar in
            (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\" && scalar != "%"
                ? Character(scalar) : "_"
        }
        let full = PercentCoding.encode(filename)
        return "attachment; filename=\"\(String(plain))\"; filename*=UTF-8''\(full)"
    }

    /// Types that a browser shows without running anything; all else is plain bytes.
    private static func contentType(_ filename: String) -> String {
        switch Filename.suffix(filename) {
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "webp": "image/webp"
        case "bmp": "image/bmp"
        case "tif", "tiff": "image/tiff"
        case "mp4": "video/mp4"
        case "webm": "video/webm"
        case "mp3": "audio/mpeg"
        case "wav": "audio/wav"
        case "flac": "audio/flac"
        case "json": "application/json"
        case "txt", "csv": "text/plain; charset=utf-8"
        case "zip": "application/zip"
        default: "application/octet-stream"
        }
    }
}
