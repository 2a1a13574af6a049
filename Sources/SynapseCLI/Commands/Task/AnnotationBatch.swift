import SynapseClient
import SynapseModels

/// Annotations of many tasks in a file: one JSON object a line, `{"task": 1, "data": {…}}`, with `action` and `schema`
/// where a line has its own.
struct AnnotationBatch {
    /// What a line asks for, or why it can't be read.
    private enum Line {
        case item(TaskAnnotationItem)
        case odd(String)
    }

    private let lines: [(number: Int, line: Line)]

    /// Reads a file; a line that is odd costs itself and no other.
    init(_ path: String, action: AnnotationAction, schema: AnnotationSchema?) throws {
        guard let bytes = InputFile.read(path) else { throw UsageError("--batch: the file \(path) can't be read") }
        var lines: [(Int, Line)] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                lines.append((index + 1, .item(try Self.item(Array(line), action, schema))))
            } catch let error as UsageError {
                lines.append((index + 1, .odd(error.message)))
            } catch {
                lines.append((index + 1, .odd("\(error)")))
            }
        }
        self.lines = lines
    }

    private static func item(
        _ line: [UInt8], _ action: AnnotationAction, _ schema: AnnotationSchema?
    ) throws -> TaskAnnotationItem {
        let row = try RawJSON(parsing: line).row()
        let own: AnnotationAction? = try row.readIfPresent("action")
        if let own, !own.isKnown { throw UsageError("the action is submit or save, not '\(own)'") }
        // Only a line that says so hands in the draft that is saved: a forgotten member must not.
        let data: RawJSON? = own == .submit ? try row.readIfPresent("data") : try row.read("data")
        if let data, !data.isObject { throw UsageError("the data is no object") }
        return TaskAnnotationItem(
            task: try row.read(row.contains("task") ? "task" : "task_id"), data: data?.value, action: own ?? action,
            schema: try row.readIfPresent("schema") ?? schema)
    }

    /// Sends all, prints one result for each line, and names what failed.
    func run(_ client: BackendClient, concurrency: Int, _ format: OutputOptions.Format) async throws {
        let items = lines.compactMap { if case .item(let item) = $0.line { item } else { nil } }
        var outcomes = try await client.annotateTaskDataBatch(items, maximumConcurrency: concurrency).makeIterator()
        var failed = 0
        var table = Table(["LINE", "TASK", "RESULT"])
        for (number, line) in lines {
            var task: AnnotationTask.ID?
            var reason: String?
            switch line {
            case .odd(let text): reason = text
            case .item:
                guard let outcome = outcomes.next() else { continue }
                task = outcome.task
                if case .failure(let error) = outcome.result { reason = error.description }
            }
            if let reason {
                failed += 1
                Terminal.say("failed line \(number)\(task.map { ", task \($0)" } ?? ""): \(Terminal.printable(reason))")
            }
            switch format {
            case .table:
                table.append(["\(number)", task.map { "\($0)" }, reason == nil ? "annotated" : "failed"])
            case .json:
                var writer = JSONWriter()
                writer.object { writer in
                    writer.member("line", number)
                    writer.member("task", task)
                    writer.member("success", reason == nil)
                    writer.member("error", reason)
                }
                try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
            }
        }
        if format == .table { try Terminal.write(table.rendered()) }
        if failed > 0 { throw ItemsFailed(failed: failed, total: lines.count, what: "annotations") }
    }
}
