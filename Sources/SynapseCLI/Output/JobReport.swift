import SynapseModels

/// One job for people: state, progress, metrics, messages, files, result.
struct JobReport {
    let job: Job
    /// What it reported last, the oldest first.
    let events: [JobLog]
    /// How many reports there are in all.
    let eventCount: Int?

    var text: String {
        [head, waiting, error, progress, metrics, messages, files, result].filter { !$0.isEmpty }.joined(
            separator: "\n")
    }

    private var head: String {
        var table = Table(nil)
        table.append(["job", job.id.rawValue])
        table.append(["status", job.status?.rawValue])
        table.append(["action", job.action])
        if let release = job.pluginRelease {
            let shown = release.object.flatMap { object in object.version.map { "\(release.id), version \($0)" } }
            table.append(["release", shown ?? "\(release.id)"])
        }
        for (name, time) in [("created", job.created), ("started", job.started), ("ended", job.completed)] {
            if let time { table.append([name, time.rawValue]) }
        }
        return table.rendered()
    }

    private var waiting: String { job.waitReason.map { $0 + "\n" } ?? "" }

    /// Whole, with its line ends: a trace back is of no use when it is cut.
    private var error: String {
        guard let error = job.error else { return "" }
        let text = [error.errorType, error.message].compactMap(\.self).joined(separator: ": ")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return "error\n" + lines.map { "  \(Terminal.printable(String($0)))\n" }.joined()
    }

    private var progress: String {
        guard let record = job.progressRecord?.value else { return "" }
        let progress = JobProgress(record)
        if progress.steps.isEmpty, progress.overall == 0 { return "" }
        var table = Table(["STEP", "DONE", "WEIGHT", "LEFT"])
        for step in progress.steps {
            table.append([
                step.name, step.percent.map { "\($0) %" }, step.proportion.map { "\($0) %" },
                step.secondsLeft.map(JobProgress.seconds),
            ])
        }
        let elapsed = progress.secondsElapsed.map { ", took \(JobProgress.seconds($0))" } ?? ""
        return "progress \(progress.overall) %\(progress.detail)\(elapsed)\n"
            + (progress.steps.isEmpty ? "" : table.rendered())
    }

    private var metrics: String {
        let steps = job.metricsRecord?.value["record"]?["steps"]?.objectValue ?? JSONObject()
        var table = Table(["STEP", "METRIC", "VALUE"])
        var count = 0
        for step in steps {
            for metric in step.value.objectValue ?? JSONObject() {
                table.append([step.key, metric.key, Self.shown(metric.value)])
                count += 1
            }
        }
        return count == 0 ? "" : table.rendered()
    }

    private var messages: String {
        var table = Table(["TIME", "LEVEL", "MESSAGE"])
        let rows = events.filter { $0.event == "message" }
        for row in rows {
            table.append([row.datetime?.rawValue, row.level?.rawValue, row.data?.value["content"].map(Self.shown)])
        }
        guard !rows.isEmpty else { return "" }
        let more = eventCount.map { $0 > events.count } ?? false
        return table.rendered() + (more ? "'synapse job events \(job.id.rawValue)' shows all that it reported\n" : "")
    }

    private var files: String {
        var table = Table(["EVENT", "GROUP", "FILE"])
        let rows = events.filter { $0.file != nil }
        for row in rows {
            // Addresses are signed and long; the JSON has them.
            let name = row.file?.split(separator: "?").first?.split(separator: "/").last.map(String.init)
            table.append([row.event, row.data?.value["group"]?.stringValue, name])
        }
        return rows.isEmpty ? "" : table.rendered()
    }

    private var result: String {
        guard let result = job.result?.value, !result.isNull else { return "" }
        guard case .object(let members) = result else { return "result \(Terminal.printable(Self.shown(result)))\n" }
        if members.isEmpty { return "" }
        var table = Table(["RESULT", "VALUE"])
        for member in members { table.append([member.key, Self.shown(member.value)]) }
        return table.rendered()
    }

    private static func shown(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.serialized(), as: UTF8.self)
    }
}
