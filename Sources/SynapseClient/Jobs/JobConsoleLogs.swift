import HTTPTypes
public import SynapseModels
import Synchronization

/// The console log of a job, line by line, as it is printed.
///
/// The sequence ends when the job has ended and all of its lines are out; ``finalJob`` then says how it ended. A
/// connection that breaks is no end: it is made anew, and the log goes on behind the last line, each line once. When that
/// does not succeed for a while, the pass ends with the error. A pass that is cancelled, or left, closes its connection.
///
/// Each iteration is a pass of its own from the first line. Lines are pulled: a slow reader holds back the server.
public struct JobConsoleLogs: AsyncSequence, Sendable {
    /// A line, without its line feed.
    public typealias Element = String

    private let client: BackendClient
    private let job: Job.ID
    private let end = JobEnd()

    init(client: BackendClient, job: Job.ID) {
        self.client = client
        self.job = job
    }

    /// The job as it was when its log had ended; `nil` before an iteration came to the end.
    public var finalJob: Job? { end.job }

    /// Begins a pass at the first line.
    public func makeAsyncIterator() -> Iterator {
        Iterator(client: client, job: job, end: end)
    }

    /// One pass over a console log.
    public struct Iterator: AsyncIteratorProtocol {
        private let client: BackendClient
        private let job: Job.ID
        private let end: JobEnd
        private let request: ClientRequest
        private var connection: Connection?
        private var position = ConsolePosition()
        private var lines: ArraySlice<ConsoleLine> = []
        /// Connections in a row that brought nothing new.
        private var failures = 0
        /// Whether the job was known to have ended before this connection was made.
        private var isKnownToBeOver = false
        private var isFinished = false

        fileprivate init(client: BackendClient, job: Job.ID, end: JobEnd) {
            self.client = client
            self.job = job
            self.end = end
            var request = ClientRequest("tailJobConsoleLogs", .get, .path("jobs/\(job.pathText)/tail_console_logs/"))
            request.isStream = true
            // Repeated here, where the place is known.
            request.repeats = .never
            request.headerFields[.accept] = "text/event-stream, text/plain;q=0.5"
            self.request = request
        }

        /// The next line, or `nil` when the job has ended and all lines are out.
        ///
        /// After an error the pass is over.
        ///
        /// - Throws: ``ClientError``, coded `notFound` when there is no such job, or `CancellationError`.
        public mutating func next() async throws -> String? { try await nextLine()?.text }

        /// The next line with the time at which it was printed, or `nil` as from ``next()``.
        ///
        /// - Throws: As ``next()``.
        public mutating func nextLine() async throws -> ConsoleLine? {
            while true {
                if let line = lines.popFirst() { return line }
                if isFinished { return nil }
                do {
                    try await advance()
                } catch {
                    connection = nil
                    isFinished = true
                    if Task.isCancelled { throw CancellationError() }
                    throw error
                }
            }
        }

        /// Does the next step: connects, or takes the next piece of the body.
        private mutating func advance() async throws {
            try Task.checkCancellation()
            do {
                guard connection != nil else { return try await connect() }
                guard let piece = try await pull() else { return try await bodyEnded() }
                for item in try read(piece) { try await take(item) }
            } catch let error as ClientError {
                try Task.checkCancellation()
                try await recover(from: error)
            }
        }

        private mutating func connect() async throws {
            var request = request
            if let number = position.lastNumber { request.headerFields[.lastEventID] = "\(number)" }
            position.restart()
            let response = try await client.pipeline.send(request)
            let type = response.headerFields[.contentType]?.lowercased() ?? ""
            let hasLength = response.headerFields[.contentLength] != nil
            let isChunked = response.headerFields[.transferEncoding]?.lowercased().contains("chunked") ?? false
            guard let stream = response.stream, !ErrorText.isHTML(contentType: type, body: []) else {
                throw ClientError(
                    .htmlResponse, "an HTML page came instead of a console log: check the base URL", delivery: .local)
            }
            connection = Connection(
                next: stream.makeReader(),
                reader: ConsoleReader(type.hasPrefix("text/event-stream") ? .events : .plain),
                hasEnd: hasLength || isChunked, began: client.clock.now(), countBefore: position.count)
        }

        private func pull() async throws -> [UInt8]? {
            do {
                return try await connection?.next()
            } catch let error as TransportError {
                throw client.pipeline.failure(error, in: request)
            }
        }

        private mutating func read(_ piece: [UInt8]) throws(ClientError) -> [ConsoleReader.Item] {
            try connection?.reader.read(piece) ?? []
        }

        private mutating func take(_ item: ConsoleReader.Item) async throws {
            // Behind the end nothing counts.
            guard connection != nil else { return }
            switch item {
            case .lines(let printed, let number, let created):
                let new = try position.take(printed, number: number)
                if !new.isEmpty { failures = 0 }
                lines += new.map { ConsoleLine(text: $0, created: created) }
            case .comment:
                connection?.isAlive = true
            case .complete:
                connection = nil
                try await finish()
            case .failure(let reason):
                // A job that is not there is no reason to try again.
                _ = try await client.getJob(job)
                throw ClientError(
                    .serverError, "the server cannot go on with the console log: \(ErrorText.oneLine(reason))",
                    delivery: .unknown)
            }
        }

        /// The body ended in order, without the server's word that the log is complete.
        ///
        /// Only a connection that was made when the job had ended already shows all of its lines. Where the length of
        /// the body was not known, a cut looks the same: then the next connection must show that nothing is missing.
        private mutating func bodyEnded() async throws {
            guard var ended = connection else { return }
            connection = nil
            if isKnownToBeOver {
                if ended.hasEnd || ended.countBefore == position.count {
                    try position.checkEnd()
                    if let last = ended.reader.rest() {
                        lines += try position.take([last], number: nil).map { ConsoleLine(text: $0) }
                    }
                    return try await finish()
                }
                return
            }
            if let state = try await client.getJob(job).status, state.isFinal {
                isKnownToBeOver = true
                return
            }
            connection = ended
            throw ClientError(
                .connectionLost, "the server ended the console log of a job that has not ended", delivery: .unknown)
        }

        /// Waits and lets the next step connect again, unless that was in vain too often.
        private mutating func recover(from error: ClientError) async throws {
            let broken = connection
            connection = nil
            guard Self.canGoOn(error) else { throw error }
            if let broken {
                let isLong = broken.began.duration(to: client.clock.now()) >= .seconds(10)
                if broken.isAlive || isLong || position.count > broken.countBefore { failures = 0 }
            }
            failures += 1
            guard failures < client.configuration.retry.attempts * 3 else { throw error }
            let pause = RetryPause.pause(
                afterAttempt: failures, error: error, policy: client.configuration.retry, jitter: client.jitter)
            try await client.clock.sleep(pause)
        }

        private static func canGoOn(_ error: ClientError) -> Bool {
            switch error.delivery {
            case .local: false
            case .notSent: error.code != .tlsFailed
            case .unknown: true
            case .answered: [408, 429, 500, 502, 503, 504].contains(error.context.status)
            }
        }

        /// Asks how the job ended; its row may be a moment behind its log.
        private mutating func finish() async throws {
            isFinished = true
            for attempt in 1...5 {
                let state = try await client.getJob(job)
                end.note(state)
                guard state.status?.isFinal == false, attempt < 5 else { return }
                try await client.clock.sleep(client.configuration.retry.firstStep * (1 << (attempt - 1)))
            }
        }
    }
}

// A pass has one reader, which pulls from one body.
@available(*, unavailable)
extension JobConsoleLogs.Iterator: Sendable {}

/// One connection of a pass.
private struct Connection {
    let next: () async throws -> [UInt8]?
    var reader: ConsoleReader
    /// Whether a cut can be told from the end.
    let hasEnd: Bool
    let began: ContinuousClock.Instant
    /// Lines that were handed out before it was made.
    let countBefore: Int
    var isAlive = false
}

/// How a job ended, known when a pass over its log is over.
private final class JobEnd: Sendable {
    private let state = Mutex<Job?>(nil)

    var job: Job? { state.withLock { $0 } }

    func note(_ job: Job) { state.withLock { $0 = job } }
}
