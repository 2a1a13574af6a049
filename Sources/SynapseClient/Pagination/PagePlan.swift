/// One page to be fetched.
package struct PageReference: Sendable, Hashable {
    /// From 1.
    package var number: Int
    /// Where it is; `nil` for the first request, which is made of path and query.
    package var address: WebAddress?
}

/// Decides which pages are fetched, in which order.
///
/// Pure.
///
/// As long as nothing is known the links are followed one by one. When a link has the form `page=<n+1>` and the server
/// counts its rows, the following pages are known without asking: they may be fetched at the same time. What a page
/// says about its neighbour still wins, so that rows inserted or removed during the walk do no harm.
package struct PagePlan: Sendable {
    private enum Mode: Hashable {
        case links(next: PageReference?)
        case numbers(template: WebAddress, next: Int, last: Int)
    }

    private var mode: Mode
    /// One number per page instead of its link: 8 bytes each.
    private var seen: Set<Int> = []

    package init(first: PageReference) {
        mode = .links(next: first)
    }

    /// The next page to start, or `nil` when none is known at present.
    package mutating func nextReference() -> PageReference? {
        switch mode {
        case .links(let next):
            mode = .links(next: nil)
            return next
        case .numbers(let template, let next, let last):
            guard next <= last else { return nil }
            mode = .numbers(template: template, next: next + 1, last: last)
            return PageReference(number: next, address: template.withPage(next))
        }
    }

    /// Takes what a page says.
    ///
    /// Pages are reported in order.
    ///
    /// - Returns: Whether pages that were fetched ahead are to be dropped.
    /// - Throws: ``ClientError`` coded `pageRepeated`.
    package mutating func received(
        _ reference: PageReference, next: WebAddress?, count: Int?, rowCount: Int
    ) throws(ClientError) -> Bool {
        if let address = reference.address { seen.insert(address.hashValue) }
        guard let next else {
            let isAhead = mode != .links(next: nil)
            mode = .links(next: nil)
            return isAhead
        }
        if seen.contains(next.hashValue) || next == reference.address { throw repeated(reference) }
        if case .numbers(let template, let upcoming, let last) = mode {
            if let number = next.pageNumber, next.withPage(0) == template.withPage(0) {
                if number <= reference.number { throw repeated(reference) }
                if number == reference.number + 1 {
                    mode = .numbers(template: template, next: upcoming, last: max(last, number))
                    return false
                }
            }
            mode = .links(next: PageReference(number: reference.number + 1, address: next))
            return true
        }
        if let count, rowCount > 0, let number = next.pageNumber, number == reference.number + 1 {
            let pages = (max(count, 1) - 1) / rowCount + 1
            mode = .numbers(template: next, next: number, last: max(number, pages))
        } else {
            mode = .links(next: PageReference(number: reference.number + 1, address: next))
        }
        return false
    }

    /// Takes note that a page could not be read.
    ///
    /// - Returns: Whether the walk can go on without it.
    package mutating func failed(_ reference: PageReference) -> Bool {
        if case .numbers = mode { return true }
        return false
    }

    private func repeated(_ reference: PageReference) -> ClientError {
        var context = ClientError.Context()
        context.page = reference.number
        return ClientError(
            .pageRepeated,
            "page \(reference.number) names a page that was read before as the next one; the walk was ended, because it "
                + "would go round for ever",
            context: context
        )
    }
}

extension WebAddress {
    /// The value of the query item `page`, when there is one and it is a number.
    package var pageNumber: Int? {
        guard let item = [QueryItem](query: query ?? "").first(where: { $0.name == "page" }) else { return nil }
        return Int(item.value)
    }

    /// The same address with another page; everything else stays as received.
    package func withPage(_ number: Int) -> WebAddress {
        let parts = (query ?? "").split(separator: "&").map { part in
            part.hasPrefix("page=") ? "page=\(number)" : String(part)
        }
        return WebAddress(origin: origin, path: path, query: parts.joined(separator: "&"))
    }
}
