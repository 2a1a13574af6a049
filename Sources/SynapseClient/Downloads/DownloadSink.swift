import Crypto
package import HTTPTypes
import Synchronization

/// Writes the body of an answer to a file and hashes it; knows from where a broken download can go on.
package final class DownloadSink: ResponseSink {
    private struct State {
        var digest = Insecure.MD5()
        var offset: Int64 = 0
        var total: Int64?
        var validator: String?
    }

    private let file: FileSink
    private let state = Mutex(State())

    package init(file: FileSink) { self.file = file }

    /// The header fields of the next attempt: the rest, if the content is still the same, else everything.
    package var headerFields: HTTPFields {
        state.withLock { state in
            var fields: HTTPFields = [:]
            // Without a strong validator two versions could be glued together.
            guard state.offset > 0, let validator = state.validator else { return fields }
            fields[.range] = "bytes=\(state.offset)-"
            fields[.ifRange] = validator
            return fields
        }
    }

    package var byteCount: Int64 { state.withLock { $0.offset } }
    package var expectedByteCount: Int64? { state.withLock { $0.total } }
    package var checksum: String { state.withLock { Hexadecimal.text($0.digest.finalize()) } }

    package func begin(status: Int, headerFields: HTTPFields) async throws {
        let isRest = state.withLock { state in
            let range = headerFields[.contentRange].flatMap(Self.parse)
            if status == 206, let range, range.start == state.offset {
                state.total = range.total ?? state.total
                return true
            }
            state = State()
            state.total = headerFields[.contentLength].flatMap { Int64($0) }
            if let tag = headerFields[.eTag], tag.hasPrefix("\"") { state.validator = tag }
            return false
        }
        if isRest { return }
        guard status == 200 else {
            throw ClientError(
                .protocolError,
                "the server answered a download with status \(status) and a range that was not asked for",
                delivery: .answered
            )
        }
        try file.truncate(to: 0)
    }

    package func write(_ piece: [UInt8]) async throws {
        let offset = state.withLock { $0.offset }
        try file.write(piece, at: offset)
        state.withLock { state in
            state.digest.update(data: piece)
            state.offset += Int64(piece.count)
        }
    }

    /// Forgets what was fetched.
    package func restart() { state.withLock { $0 = State() } }

    /// `bytes 10-19/25`, or `*` for the total.
    private static func parse(_ text: String) -> (start: Int64, total: Int64?)? {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/")
        guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ Int64($0) }) else {
            return nil
        }
        return (start, Int64(parts[1]))
    }
}
