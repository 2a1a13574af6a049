import GRDB
import SynapseModels

/// The chunked uploads of a user that are not complete and not expired, the oldest first.
///
/// Few rows that come and go, named by text: nothing of them is worth remembering between requests.
struct ChunkedUploadList: Sendable {
    let scope: RequestScope

    func answer() async throws -> Answer {
        try ListDefinition.refuseFilters(scope.query)
        let window = try ListWindow(scope.query, maximumSize: scope.limits.pageRowCount)
        guard case .page(let number, let size) = window else {
            throw APIError.field("page", "This list is read by page and page_size.")
        }
        return try await scope.database.read { [scope] db in
            let count = try scope.uploads.openCount(db)
            let (start, overflow) = (number - 1).multipliedReportingOverflow(by: size)
            guard number == 1 || (!overflow && start < count) else { throw APIError.invalidPage }
            let records = try scope.uploads.open(db, offset: start, limit: size)
            return Answer { writer in
                writer.object { writer in
                    writer.member("count", count)
                    writer.member("next", start + size < count ? link(number + 1) : nil)
                    writer.member("previous", number > 1 ? link(number - 1) : nil)
                    writer.member("results") { writer in
                        writer.array { writer in
                            for record in records { writer.element { record.write(to: &$0, scope.links) } }
                        }
                    }
                }
            }
        }
    }

    private func link(_ page: Int) -> String {
        scope.links.absolute("/chunked_upload/?" + scope.query.encoded(replacing: [("page", "\(page)")]))
    }
}
