import SynapseClient
import SynapseTestSupport
import Testing

/// Lists over several pages: order, count, reading ahead, and what happens when pages or rows are odd.
@Suite(.timeLimit(.minutes(1)))
struct PageSequenceTests {
    /// A list of `count` rows in pages of `size`, by number.
    private func answer(_ sent: ScriptedTransport.Sent, count: Int, size: Int) -> TransportResponse {
        let number = [QueryItem](query: sent.query).first { $0.name == "page" }.flatMap { Int($0.value) } ?? 1
        let first = (number - 1) * size + 1
        let last = min(number * size, count)
        guard first <= last else { return .json(#"{"detail":"Invalid page."}"#, status: 404) }
        let next = last < count ? "http://backend/sdk/tasks/?page_size=\(size)&page=\(number + 1)" : nil
        return .json(pageBody(ids: first...last, count: count, next: next))
    }

    private func ids(_ tasks: PageSequence<AnnotationTask>) async throws -> [Int] {
        var ids: [Int] = []
        for try await task in tasks { ids.append(task.id.rawValue) }
        return ids
    }

    @Test(arguments: [1, 2, 4, 50])
    func `All rows come in order, whatever is read ahead`(ahead: Int) async throws {
        let transport = ScriptedTransport { sent in
            // Later pages are faster than earlier ones.
            for _ in 0..<(40 - sent.index) { await Task.yield() }
            return answer(sent, count: 95, size: 10)
        }
        let tasks = try makeClient(transport: transport).listAllTasks(options: PageOptions(pagesAhead: ahead))
        #expect(try await tasks.count == 95)
        #expect(try await ids(tasks) == Array(1...95))
        #expect(transport.requests.count == 10)
    }

    @Test(arguments: [1, 4])
    func `The scoped form hands out the same rows`(ahead: Int) async throws {
        let transport = ScriptedTransport { answer($0, count: 95, size: 10) }
        let tasks = try makeClient(transport: transport).listAllTasks(options: PageOptions(pagesAhead: ahead))
        var pages: [Int] = []
        var all: [Int] = []
        try await tasks.forEachPage { page, rows in
            pages.append(page)
            all += rows.map(\.id.rawValue)
        }
        #expect(pages == Array(1...10))
        #expect(all == Array(1...95))
        #expect(transport.requests.count == 10)
    }

    @Test
    func `Leaving the loop ends the requests`() async throws {
        let running = Shared(0)
        let transport = ScriptedTransport { sent in
            if sent.index == 0 { return answer(sent, count: 1000, size: 10) }
            running.change { $0 += 1 }
            defer { running.change { $0 -= 1 } }
            try await Task.sleep(for: .seconds(60))
            return answer(sent, count: 1000, size: 10)
        }
        let tasks = try makeClient(transport: transport).listAllTasks()
        for try await task in tasks where task.id == 3 { break }
        while running.value > 0 { await Task.yield() }
        #expect(transport.requests.count <= 5)
    }

    @Test
    func `No more than the bound is fetched ahead`() async throws {
        let gate = Shared(false)
        let transport = ScriptedTransport { sent in
            if sent.target.contains("page=2") { while !gate.value { await Task.yield() } }
            return answer(sent, count: 1000, size: 10)
        }
        let tasks = try makeClient(transport: transport).listAllTasks(options: PageOptions(pagesAhead: 3))
        var iterator = tasks.makeAsyncIterator()
        for _ in 1...10 { _ = try await iterator.next() }
        while transport.requests.count < 4 { await Task.yield() }
        for _ in 1...100 { await Task.yield() }
        #expect(transport.requests.count == 4)
        gate.change { $0 = true }
        #expect(try await iterator.next()?.id == 11)
    }

    @Test
    func `The first page is fetched once for the count and the rows`() async throws {
        let transport = ScriptedTransport { answer($0, count: 5, size: 10) }
        let tasks = try makeClient(transport: transport).listAllTasks()
        #expect(try await tasks.count == 5)
        #expect(try await tasks.count == 5)
        #expect(try await ids(tasks) == [1, 2, 3, 4, 5])
        #expect(transport.requests.count == 1)
        #expect(try await ids(tasks) == [1, 2, 3, 4, 5])
        #expect(transport.requests.count == 2)
    }

    @Test
    func `A next link that repeats is an error`() async throws {
        let transport = ScriptedTransport { sent in
            .json(pageBody(ids: 1...2, count: nil, next: "http://backend/sdk/tasks/?cursor=\(sent.index % 3)"))
        }
        let tasks = try makeClient(transport: transport).listAllTasks()
        let error = try #require(await failure { _ = try await ids(tasks) })
        #expect(error.code == .pageRepeated)
        #expect(transport.requests.count <= 5)
    }

    @Test
    func `A page that names an earlier one is an error`() async throws {
        let transport = ScriptedTransport { sent in
            sent.target.contains("page=3")
                ? .json(pageBody(ids: 1...10, count: 95, next: "http://backend/sdk/tasks/?page_size=10&page=2"))
                : answer(sent, count: 95, size: 10)
        }
        let tasks = try makeClient(transport: transport).listAllTasks()
        let error = try #require(await failure { _ = try await ids(tasks) })
        #expect(error.code == .pageRepeated)
        #expect(error.context.page == 3)
    }

    @Test
    func `Rows inserted during the walk are read, too`() async throws {
        let transport = ScriptedTransport { sent in answer(sent, count: sent.index < 2 ? 30 : 45, size: 10) }
        let tasks = try makeClient(transport: transport).listAllTasks(options: PageOptions(pagesAhead: 1))
        #expect(try await ids(tasks) == Array(1...45))
    }

    @Test
    func `A count beyond all pages is no harm`() async throws {
        let transport = ScriptedTransport { sent in
            let next = sent.index == 0 ? "http://backend/sdk/tasks/?page=2" : nil
            return .json(pageBody(ids: 1...2, count: .max, next: next))
        }
        let tasks = try makeClient(transport: transport).listAllTasks(options: PageOptions(pagesAhead: 1))
        #expect(try await ids(tasks) == [1, 2, 1, 2])
    }

    @Test
    func `A list that shrinks during the walk ends where it ends`() async throws {
        let transport = ScriptedTransport { sent in
            answer(sent, count: sent.target.contains("page=") && !sent.target.contains("page=2") ? 25 : 95, size: 10)
        }
        let tasks = try makeClient(transport: transport).listAllTasks()
        #expect(try await ids(tasks) == Array(1...25))
    }

    @Test
    func `A failed page ends the walk and is named`() async throws {
        let transport = ScriptedTransport { sent in
            sent.target.contains("&page=3")
                ? .json(#"{"detail":"boom"}"#, status: 500) : answer(sent, count: 50, size: 10)
        }
        let tasks = try makeClient(transport: transport).listAllTasks()
        var seen: [Int] = []
        let error = try #require(
            await failure { for try await task in tasks { seen.append(task.id.rawValue) } }
        )
        #expect(error.code == .serverError)
        #expect(error.context.page == 3)
        #expect(error.description.contains("page 3"))
        #expect(seen == Array(1...20))
    }

    @Test
    func `With a handler of losses the walk goes on and reports each`() async throws {
        let losses = Shared<[String]>([])
        let transport = ScriptedTransport { sent in
            if sent.target.contains("&page=3") { return .json(#"{"detail":"boom"}"#, status: 500) }
            if sent.target.contains("&page=4") {
                let next = #""http://backend/sdk/tasks/?page_size=10&page=5""#
                return .json(#"{"count":50,"next":\#(next),"results":[{"id":31},{"id":"x"},{"id":33}]}"#)
            }
            return answer(sent, count: 50, size: 10)
        }
        let options = PageOptions(onLoss: { loss in
            losses.change { list in
                switch loss {
                case .page(let number, let error): list.append("page \(number) \(error.code)")
                case .row(let page, let row): list.append("row \(page).\(row.index) \(row.error.path) \(row.raw)")
                }
            }
        })
        let tasks = try makeClient(transport: transport).listAllTasks(options: options)
        #expect(try await ids(tasks) == Array(1...20) + [31, 33] + Array(41...50))
        #expect(losses.value == ["page 3 server_error", #"row 4.1 results[1].id {"id":"x"}"#])
    }

    @Test
    func `An odd row without a handler ends the walk and is named`() async throws {
        let transport = ScriptedTransport { _ in .json(#"{"count":2,"next":null,"results":[{"id":1},{"id":null}]}"#) }
        let tasks = try makeClient(transport: transport).listAllTasks()
        let error = try #require(await failure { _ = try await ids(tasks) })
        #expect(error.code == .unexpectedShape)
        #expect(error.message.contains("row 2 of page 1"))
        #expect(error.message.contains("results[1].id"))
    }

    @Test
    func `A link with http to the host of an https base is read as https`() async throws {
        let transport = ScriptedTransport { sent in
            sent.index == 0
                ? .json(pageBody(ids: 1...1, count: 2, next: "http://backend/sdk/tasks/?page=2"))
                : .json(pageBody(ids: 2...2, count: 2, next: nil))
        }
        let tasks = try makeClient(baseURL: "https://backend", transport: transport).listAllTasks()
        #expect(try await ids(tasks) == [1, 2])
        #expect(transport.requests.allSatisfy { $0.origin == "https://backend" })
    }
}
