import SynapseClient
import SynapseModels

/// Annotations of many tasks in a file: one JSON object a line, `{"task": 1, "data": {…}}`, with `action` and `schema`
/// where a line has its own.
struct AnnotationBatch {
    let items: [TaskAnnotationItem]

    /// Reads a file; what is odd in it is named by its line, and nothing is sent.
    init(_ path: String, action: AnnotationAction, schema: AnnotationSchema?) throws {
        guard let bytes = InputFile.read(path) else { throw UsageError("--batch: the file \(path) can't be read") }
        var items: [TaskAnnotationItem] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                let row = try RawJSON(parsing: Array(line)).row()
                let data = try row.read("data", as: RawJSON.self)
                guard data.isObject else { throw UsageError("the data is no object") }
                let own: AnnotationAction = try row.readIfPresent("action") ?? action
                guard own.isKnown else { throw UsageError("the action is submit or save, not '\(own)'") }
                items.append(
                    TaskAnnotationItem(
                        task: try row.read(row.contains("task") ? "task" : "task_id"), data: data.value, action: own,
                        schema: try row.readIfPresent("schema") ?? schema))
            } catch let error as UsageError {
                throw UsageError("--batch: line \(index + 1): \(error.message)")
            } catch {
                throw UsageError("--batch: line \(index + 1): \(error)")
            }
        }
        self.items = items
    }

    /// Sends all, prints one result for each line, and names what failed.
    func run(_ client: BackendClient, concurrency: Int, _ format: OutputOptions.Format) async throws {
        let outcomes = try await client.annotateTaskDataBatch(items, maximumConcurrency: concurrency)
        var failed = 0
        var table = Table(["TASK", "RESULT"])
        for outcome in outcomes {
            var reason: String?
            if case .failure(let error) = outcome.result {
                failed += 1
                reason = error.description
                Terminal.say("failed task \(outcome.task): \(error)")
            }
            switch format {
            case .table: table.append(["\(outcome.task)", reason == nil ? "annotated" : "failed"])
            case .json:
                var writer = JSONWriter()
                writer.object { writer in
                    writer.member("task", outcome.task)
                    writer.member("success", reason == nil)
                    writer.member("error", reason)
                }
                try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
            }
        }
        if format == .table { try Terminal.write(table.rendered()) }
        if failed > 0 { throw ItemsFailed(failed: failed, total: outcomes.count, what: "annotations") }
    }
}
