public import SynapseModels
import Synchronization

/// All rows of a list, over all its pages, in order.
///
/// Nothing is requested before the first row or ``count`` is asked for. Pages are fetched and decoded ahead of the
/// reader, at most ``PageOptions/pagesAhead`` of them; ending the loop early ends the requests, too. Each iteration
/// reads the list anew.
///
/// ```swift
/// let tasks = client.listAllTasks(.init(project: 123))
/// print(try await tasks.count ?? 0)
/// for try await task in tasks { print(task.id) }
/// ```
///
/// Iteration throws ``ClientError``, whose context names the page to go on from, or `CancellationError`.
public struct PageSequence<Element: WireModel>: AsyncSequence, Sendable {
    private let source: PageSource<Element>
    private let options: PageOptions
    private let pagesAhead: Int
    private let shared = FirstPage<Element>()

    package init(source: PageSource<Element>, options: PageOptions, pagesAhead: Int) {
        self.source = source
        self.options = options
        self.pagesAhead = Swift.max(1, pagesAhead)
    }

    /// How many rows the list has, as its first page says; `nil` when the server does not count (cursor pages).
    ///
    /// Fetches the first page, once; an iteration that begins afterwards uses it.
    ///
    /// - Throws: ``ClientError`` or `CancellationError`.
    public var count: Int? {
        get async throws {
            if let known = shared.count { return known }
            let page = try await source.fetch(source.first)
            shared.keep(page)
            return page.count
        }
    }

    /// Begins a pass over the list.
    public func makeAsyncIterator() -> Iterator {
        Iterator(source: source, options: options, pagesAhead: pagesAhead, shared: shared)
    }

    /// Hands the rows of each page to `body`, in order, with everything structured: the pages that are fetched ahead are
    /// child tasks of this call, and none is left when it returns.
    ///
    /// - Parameter body: Takes the number of a page, from 1, and its rows. When it throws, the walk ends.
    /// - Throws: ``ClientError``, `CancellationError`, or what `body` throws.
    public func forEachPage(_ body: (_ page: Int, _ rows: [Element]) async throws -> Void) async throws {
        typealias Fetched = (reference: PageReference, result: Result<Page<Element>, any Error>)
        var walk = PageWalk(source: source, options: options)
        var order: [PageReference] = []
        while true {
            // One group for each run of pages: when a page says that those fetched ahead are void, the group is left,
            // which cancels and awaits them.
            let isFinished = try await withThrowingTaskGroup(of: Fetched.self) { group in
                defer { group.cancelAll() }
                var arrived: [PageReference: Result<Page<Element>, any Error>] = [:]
                order = []
                while true {
                    while order.count < pagesAhead, let reference = walk.plan.nextReference() {
                        order.append(reference)
                        group.addTask { [source, shared] in
                            (reference, await Self.fetch(reference, source, shared))
                        }
                    }
                    guard let reference = order.first else { return true }
                    while arrived[reference] == nil, let (done, result) = try await group.next() {
                        arrived[done] = result
                    }
                    guard let result = arrived.removeValue(forKey: reference) else { return true }
                    order.removeFirst()
                    let (rows, dropsAhead) = try walk.take(result, of: reference)
                    if !rows.isEmpty { try await body(reference.number, rows) }
                    if dropsAhead { return false }
                }
            }
            if isFinished { return }
        }
    }

    fileprivate static func fetch(
        _ reference: PageReference, _ source: PageSource<Element>, _ shared: FirstPage<Element>
    ) async -> Result<Page<Element>, any Error> {
        do {
            if reference == source.first, let page = shared.take() { return .success(page) }
            let page = try await source.fetch(reference)
            if reference == source.first { shared.note(page) }
            return .success(page)
        } catch {
            return .failure(error)
        }
    }
}

extension PageSequence {
    /// One pass over the list.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private let source: PageSource<Element>
        private let shared: FirstPage<Element>
        private let pagesAhead: Int
        private var walk: PageWalk<Element>
        private var ahead: [PageAhead<Element>] = []
        private var rows: [Element] = []
        private var position = 0
        private var isFinished = false

        fileprivate init(
            source: PageSource<Element>, options: PageOptions, pagesAhead: Int, shared: FirstPage<Element>
        ) {
            self.source = source
            self.shared = shared
            self.pagesAhead = pagesAhead
            walk = PageWalk(source: source, options: options)
        }

        /// The next row, or `nil` after the last one.
        ///
        /// After an error the pass is over.
        ///
        /// - Throws: ``ClientError`` or `CancellationError`.
        public mutating func next() async throws -> Element? {
            while position == rows.count {
                if isFinished { return nil }
                do {
                    try await nextPage()
                } catch {
                    finish()
                    throw error
                }
            }
            defer { position += 1 }
            return rows[position]
        }

        private mutating func nextPage() async throws {
            fill()
            rows = []
            position = 0
            guard !ahead.isEmpty else {
                finish()
                return
            }
            let page = ahead.removeFirst()
            let (rows, dropsAhead) = try walk.take(await page.result, of: page.reference)
            if dropsAhead { ahead = [] }
            self.rows = rows
            fill()
        }

        private mutating func fill() {
            while ahead.count < pagesAhead, let reference = walk.plan.nextReference() {
                ahead.append(PageAhead(reference, source: source, shared: shared))
            }
        }

        private mutating func finish() {
            isFinished = true
            ahead = []
            rows = []
            position = 0
        }
    }
}

/// One page that is being fetched ahead of a plain iteration.
///
/// An iterator cannot hold a task group, which must be left in the scope that opened it; fetching ahead therefore needs
/// a task that is not structured. It is owned: the iterator holds it, and when the iterator goes, at the end of the
/// loop or by leaving it early, the task is cancelled. Where that is not strict enough there is
/// ``PageSequence/forEachPage(_:)``, whose fetches are child tasks.
private final class PageAhead<Element: WireModel>: Sendable {
    let reference: PageReference
    private let task: Task<Result<Page<Element>, any Error>, Never>

    init(_ reference: PageReference, source: PageSource<Element>, shared: FirstPage<Element>) {
        self.reference = reference
        task = Task { await PageSequence<Element>.fetch(reference, source, shared) }
    }

    deinit { task.cancel() }

    var result: Result<Page<Element>, any Error> {
        get async {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }
}

/// The first page, kept from a look at the count to the iteration that follows.
private final class FirstPage<Element: WireModel>: Sendable {
    private struct State {
        var page: Page<Element>?
        var count: Int??
    }

    private let state = Mutex(State())

    var count: Int?? { state.withLock { $0.count } }

    func keep(_ page: Page<Element>) {
        state.withLock { $0 = State(page: page, count: .some(page.count)) }
    }

    func note(_ page: Page<Element>) {
        state.withLock { $0.count = .some(page.count) }
    }

    func take() -> Page<Element>? {
        state.withLock { state in
            defer { state.page = nil }
            return state.page
        }
    }
}
