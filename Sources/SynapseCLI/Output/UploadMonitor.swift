import Synchronization
import SynapseClient
import SynapseModels

/// Shows one upload on standard error, and keeps what is to be said of it at the end.
final class UploadMonitor: Sendable {
    private struct State {
        var last: UploadProgress?
        var startedOver: UploadNotice.Code?
    }

    private let bar: Progress
    private let state = Mutex(State())

    init(byteCount: Int64) { bar = Progress("upload", total: byteCount, unit: .bytes) }

    /// Takes how far the upload is.
    func show(_ progress: UploadProgress) {
        state.withLock { $0.last = progress }
        bar.set(progress.sentByteCount)
    }

    /// Says what a person would want to know.
    func say(_ notice: UploadNotice) {
        if [.sourceChanged, .uploadExpired, .damaged].contains(notice.code) {
            state.withLock { $0.startedOver = notice.code }
        }
        if notice.code == .resumed {
            let (offset, total) = (ByteCount(notice.offset), ByteCount(notice.totalByteCount))
            Terminal.say("going on at \(offset) of \(total)")
        } else {
            Terminal.say(Terminal.printable(notice.message))
        }
    }

    func finish() { bar.finish() }

    /// Writes what became of the transfer as a JSON object.
    func write(to writer: inout JSONWriter) {
        let (last, startedOver) = state.withLock { ($0.last, $0.startedOver) }
        writer.object { writer in
            writer.member("resumed_at", last?.resumedByteCount ?? 0)
            writer.member("sent", last?.transferredByteCount ?? 0)
            writer.member("resent", last?.resentByteCount ?? 0)
            writer.member("started_over", startedOver?.rawValue)
        }
    }
}

extension UploadMonitor {
    /// Prints a resource that was made of the upload; as JSON with a member `upload` about the transfer.
    func print<Model: Listed>(_ model: Model, _ options: OutputOptions) throws {
        guard options.output == .json, let row = try? JSONRow(parsing: model.jsonBytes()) else {
            return try ResultPrinter(options).print(model)
        }
        var writer = JSONWriter()
        writer.object { writer in
            for key in row.keys where key != "upload" {
                if let value = row[key] { writer.member(key, value) }
            }
            writer.member("upload") { write(to: &$0) }
        }
        try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
    }
}
