import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `data_files/presigned_upload/`: signed URLs for files, and files from what came by them.
///
/// Source: docs/wire-protocol.md, "Presigned upload".
enum PresignedUploadRoutes {
    /// The longest that a signed URL lasts, in seconds.
    static let longestExpiration: Int64 = 86_400
    /// The most signed URLs of one answer.
    static let urlLimit: Int64 = 100_000

    static func add(to table: inout RouteTable) {
        table.on(.post, "data_files/presigned_upload/upload") { scope in
            let body = try await scope.readJSON()
            let settings = scope.services.configuration.presigned
            let form = try PresignedUploadForm(body.object(), scope.limits, settings)
            let expires = WireTime.epochSeconds + Int(form.expiration)
            // The rows outlive the URLs: bytes that were sent in time can be confirmed after them.
            let lifetime = scope.services.configuration.uploadLifetime + .seconds(form.expiration)
            let tenant = scope.identity.tenantID
            return try await scope.write(body.fingerprint).commit { db in
                let repository = PresignedUploadRepository()
                let records = try form.files.map { file in
                    try repository.create(
                        db, tenant: tenant, filename: file.filename, contentType: file.contentType,
                        total: file.byteCount, partByteCount: settings.partByteCount(of: file.byteCount),
                        lifetime: lifetime)
                }
                return Answer { writer in
                    writer.object { writer in
                        writer.member("files") { writer in
                            writer.array { writer in
                                for record in records {
                                    writer.element { record.write(to: &$0, scope.links, expires: expires) }
                                }
                            }
                        }
                        writer.member("expires_at", WireTime.text(seconds: expires, microseconds: 0))
                    }
                }
            }
        }
        table.on(.post, "data_files/presigned_upload/confirm_upload") { scope in
            try await PresignedConfirmation(scope: scope).confirm()
        }
    }
}

/// The body of a request for signed URLs.
struct PresignedUploadForm: Sendable {
    struct File: Sendable {
        let filename: String
        let byteCount: Int64
        let contentType: String?
    }

    let files: [File]
    let expiration: Int64

    init(
        _ row: JSONRow, _ limits: BackendServerConfiguration.Limits, _ settings: BackendServerConfiguration.Presigned
    ) throws {
        var reader = FieldReader(row)
        expiration = reader.integer(
            "expiration", fallback: 3600, in: 1...PresignedUploadRoutes.longestExpiration)
        try reader.errors.throwIfAny()
        guard let rows = try? row.read("files", as: [RawJSON].self) else {
            throw APIError.field("files", "A list of files is required.")
        }
        guard (1...limits.batchRowCount).contains(rows.count) else {
            throw APIError.field("files", "1 to \(limits.batchRowCount) files are taken at once, not \(rows.count).")
        }
        var urlCount: Int64 = 0
        files = try rows.enumerated().map { index, raw in
            guard let row = try? raw.row() else { throw APIError.field("files", "Item \(index) is not an object.") }
            var reader = FieldReader(row)
            let name = reader.text("filename", fallback: nil, maximum: 1024, allowsEmpty: false)
            let size = reader.integer("size", fallback: nil, in: 0...limits.uploadByteCount)
            let type = row["content_type"].flatMap { try? String(reading: $0) }
            if let (field, messages) = reader.errors.fields.first {
                throw APIError.field("files", "Item \(index), \(field): \(messages.joined(separator: " "))")
            }
            urlCount += settings.partByteCount(of: size).map { (size + $0 - 1) / $0 } ?? 1
            return File(filename: Filename.base(name), byteCount: size, contentType: type)
        }
        guard urlCount <= PresignedUploadRoutes.urlLimit else {
            throw APIError.field(
                "files", "The files have more than \(PresignedUploadRoutes.urlLimit) parts; send fewer.")
        }
    }
}

extension BackendServerConfiguration.Presigned {
    /// Bytes of the parts of a file, or nil for one that is sent in one request.
    func partByteCount(of total: Int64) -> Int64? {
        guard total > thresholdByteCount else { return nil }
        let least = (total + PresignedUploadRecord.partLimit - 1) / PresignedUploadRecord.partLimit
        return max(partByteCount, least, 1)
    }
}
