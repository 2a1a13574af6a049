package import SynapseModels

/// Fetches and reads one page.
package struct PageSource<Element: WireModel>: Sendable {
    package var first: PageReference
    package var fetch: @Sendable (PageReference) async throws -> Page<Element>
    /// Turns a `next` link into an address below the origin of the base URL.
    package var resolve: @Sendable (String) throws(ClientError) -> WebAddress

    package init(
        first: PageReference, fetch: @escaping @Sendable (PageReference) async throws -> Page<Element>,
        resolve: @escaping @Sendable (String) throws(ClientError) -> WebAddress
    ) {
        self.first = first
        self.fetch = fetch
        self.resolve = resolve
    }
}

/// What a walk does with each page, in order: checks its link, reports losses, hands out its rows.
package struct PageWalk<Element: WireModel>: Sendable {
    package var plan: PagePlan
    private let source: PageSource<Element>
    private let options: PageOptions

    package init(source: PageSource<Element>, options: PageOptions) {
        self.source = source
        self.options = options
        plan = PagePlan(first: source.first)
    }

    /// - Returns: The rows of the page, and whether pages that were fetched ahead are to be dropped.
    /// - Throws: ``ClientError`` that names the page.
    package mutating func take(
        _ result: Result<Page<Element>, any Error>, of reference: PageReference
    ) throws -> (rows: [Element], dropsAhead: Bool) {
        let page: Page<Element>
        switch result {
        case .success(let value): page = value
        case .failure(let error):
            guard var failure = error as? ClientError else { throw error }
            failure.context.page = failure.context.page ?? reference.number
            guard reference != source.first, options.passesFailedPages, let onLoss = options.onLoss else {
                throw failure
            }
            onLoss(.page(number: reference.number, error: failure))
            guard plan.failed(reference) else { throw failure }
            return ([], false)
        }
        let next = try page.next.map { link throws(ClientError) in try address(of: link, on: reference) }
        let dropsAhead = try plan.received(reference, next: next, count: page.count, rowCount: page.rows.count)
        return (try rows(of: page, reference), dropsAhead)
    }

    private func address(of link: String, on reference: PageReference) throws(ClientError) -> WebAddress {
        do {
            return try source.resolve(link)
        } catch {
            var error = error
            error.context.page = reference.number
            throw error
        }
    }

    private func rows(of page: Page<Element>, _ reference: PageReference) throws(ClientError) -> [Element] {
        var rows: [Element] = []
        rows.reserveCapacity(page.rows.count)
        for row in page.rows {
            switch row {
            case .success(let element): rows.append(element)
            case .failure(let odd):
                guard let onLoss = options.onLoss else { throw ClientError(odd: odd, page: reference.number) }
                onLoss(.row(page: reference.number, row: odd))
            }
        }
        return rows
    }
}

extension ClientError {
    fileprivate init(odd: OddRow, page: Int) {
        var context = Context()
        context.page = page
        self.init(
            .unexpectedShape,
            "row \(odd.index + 1) of page \(page) has another shape than expected: \(odd.error.path): \(odd.error.message)",
            delivery: .answered, context: context, underlying: odd
        )
    }
}
