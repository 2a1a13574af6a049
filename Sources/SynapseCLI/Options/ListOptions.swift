import ArgumentParser
import SynapseClient
import SynapseModels

/// Which rows of a list, and how they are shown.
struct ListOptions: ParsableArguments {
    @Flag(name: .long, help: "All rows instead of one page.")
    var all = false

    @Option(name: .long, help: "The page, from 1.")
    var page: Int?

    @Option(name: .long, help: "Rows of a page.")
    var pageSize: Int?

    @Option(
        name: .long, parsing: .unconditional, help: "The field to order by; with - in front descending, such as -id.")
    var ordering: String?

    @Option(name: .long, help: "Rows that hold this text.")
    var search: String?

    @Option(name: .long, help: "A filter of the list, such as is_discarded=false. May be repeated.")
    var filter: [String] = []

    @Option(name: .long, help: "A relation to expand, such as data_unit. May be repeated.")
    var expand: [String] = []

    /// The query of the list.
    func query() throws -> ListQuery {
        var query = ListQuery()
        query.page = page
        query.pageSize = pageSize
        query.ordering = ordering
        query.search = search
        query.expand = expand
        for text in filter {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw UsageError("--filter takes NAME=VALUE, not '\(text)'")
            }
            query.parameters.append(QueryItem(String(parts[0]), String(parts[1])))
        }
        return query
    }

    func validate() throws {
        if let page, page < 1 { throw ValidationError("--page counts from 1, not \(page)") }
        if let pageSize, !(1...1000).contains(pageSize) {
            throw ValidationError("--page-size is 1 to 1000, not \(pageSize)")
        }
        if all, page != nil { throw ValidationError("--all and --page exclude each other") }
    }
}
