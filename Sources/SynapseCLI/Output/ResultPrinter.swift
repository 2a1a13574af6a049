import Synchronization
import SynapseClient
import SynapseModels

/// Prints what commands found or made.
///
/// The one place that knows both forms of output.
struct ResultPrinter {
    private let format: OutputOptions.Format

    init(_ options: OutputOptions) {
        format = options.output
    }

    /// Prints one resource.
    func print<Model: Listed>(_ model: Model) throws {
        switch format {
        case .json: try Terminal.write(model.jsonBytes() + [UInt8(ascii: "\n")])
        case .table: try Terminal.write(Self.table([model]))
        }
    }

    /// Prints several resources that were made together: a JSON array, or a table.
    func print<Model: Listed>(_ models: [Model]) throws {
        switch format {
        case .json: try Terminal.write(models.jsonBytes() + [UInt8(ascii: "\n")])
        case .table: try Terminal.write(Self.table(models))
        }
    }

    /// Prints one page; rows that can't be read are named on standard error.
    func print<Model: Listed>(_ page: Page<Model>) throws {
        switch format {
        case .json:
            var writer = JSONWriter(reservingCapacity: 1 << 16)
            writer.object { writer in
                writer.member("count", page.count)
                writer.member("next", page.next)
                writer.member("previous", page.previous)
                writer.member("results") { writer in
                    writer.array { writer in
                        for row in page.rows {
                            switch row {
                            case .success(let model): writer.element(model)
                            case .failure(let odd): writer.element(odd.raw)
                            }
                        }
                    }
                }
            }
            try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
        case .table:
            try Terminal.write(Self.table(page.results))
            if let count = page.count, count > page.rows.count {
                Terminal.say("\(page.rows.count) of \(count) rows; --page or --all for the others")
            }
        }
        for odd in page.oddRows { Terminal.say("odd row: \(odd)") }
        if !page.oddRows.isEmpty { throw ItemsFailed(failed: page.oddRows.count, total: page.rows.count, what: "rows") }
    }

    /// Prints all rows of a list as they come: an object a line, or a table.
    ///
    /// A row that can't be read is named on standard error and costs no other; a page that can't be had ends the list.
    func printAll<Model: Listed>(_ list: (PageOptions) -> PageSequence<Model>) async throws {
        let oddRows = Mutex(0)
        let options = PageOptions(passesFailedPages: false) { loss in
            guard case .row(let page, let odd) = loss else { return }
            oddRows.withLock { $0 += 1 }
            Terminal.say("odd row on page \(page): \(odd)")
        }
        let count: Int
        switch format {
        case .json: count = try await printLines(list(options))
        case .table: count = try await printTables(list(options))
        }
        let odd = oddRows.withLock { $0 }
        if odd > 0 { throw ItemsFailed(failed: odd, total: count + odd, what: "rows") }
    }

    /// Prints an object a line, the rows of a page at once.
    private func printLines<Model: Listed>(_ rows: PageSequence<Model>) async throws -> Int {
        var count = 0
        try await rows.forEachPage { _, models in
            count += models.count
            var lines: [UInt8] = []
            for model in models {
                lines += model.jsonBytes()
                lines.append(UInt8(ascii: "\n"))
            }
            try Terminal.write(lines)
        }
        return count
    }

    /// Prints a table, a thousand rows at once.
    private func printTables<Model: Listed>(_ rows: PageSequence<Model>) async throws -> Int {
        var buffered: [Model] = []
        var count = 0
        do {
            for try await model in rows {
                count += 1
                buffered.append(model)
                guard buffered.count == 1000 else { continue }
                try Terminal.write(Self.table(buffered, hasHeadings: count == 1000))
                buffered = []
            }
        } catch {
            // Rows that came before the failure are not lost.
            if !buffered.isEmpty, !(error is OutputError) {
                try? Terminal.write(Self.table(buffered, hasHeadings: count < 1000))
            }
            throw error
        }
        try Terminal.write(Self.table(buffered, hasHeadings: count < 1000))
        return count
    }

    private static func table<Model: Listed>(_ models: [Model], hasHeadings: Bool = true) -> String {
        var table = Table(hasHeadings ? Model.columns.map(\.heading) : nil)
        for model in models { table.append(Model.columns.map { $0.cell(model) }) }
        return table.rendered()
    }
}
