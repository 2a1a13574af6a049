public import SynapseModels

/// How to walk through the pages of a list.
public struct PageOptions: Sendable {
    /// Pages fetched ahead of the reader; `nil` takes ``ClientConfiguration/Limits/pagesAhead``.
    ///
    /// At least 1.
    public var pagesAhead: Int?
    /// Told of each page and each row that could not be read, after which the walk goes on.
    ///
    /// `nil` ends the walk with an error that names the page, so that nothing is lost unseen.
    public var onLoss: (@Sendable (PageLoss) -> Void)?

    /// Whether the walk, when ``onLoss`` is set, goes past a page that failed after all its attempts.
    ///
    /// `false` ends it there, and only rows are passed over.
    public var passesFailedPages: Bool

    /// Creates options.
    ///
    /// - Parameters:
    ///   - pagesAhead: Pages fetched ahead of the reader.
    ///   - passesFailedPages: Whether the walk goes past a page that failed, when losses are told.
    ///   - onLoss: Told of each loss, after which the walk goes on.
    public init(
        pagesAhead: Int? = nil, passesFailedPages: Bool = true, onLoss: (@Sendable (PageLoss) -> Void)? = nil
    ) {
        self.pagesAhead = pagesAhead
        self.passesFailedPages = passesFailedPages
        self.onLoss = onLoss
    }
}

/// A part of a list that could not be read.
public enum PageLoss: Sendable {
    /// A whole page: its number from 1, and why.
    case page(number: Int, error: ClientError)
    /// One row: the number of its page, and the row with its place, the path of what is odd, and its text.
    case row(page: Int, row: OddRow)
}
