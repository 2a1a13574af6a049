import AsyncHTTPClient
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Sends requests through AsyncHTTPClient.
///
/// The only file that imports it.
///
/// - One connection per request in flight: the pool limit is the concurrency of the client, not the library's 8.
/// - `retryConnectionEstablishment` is off: it would turn an instant refusal into the whole connect time-out.
/// - No redirects and no repeats here; the pipeline above decides about both.
/// - All connections are on one event loop, so that a body can wait until what it handed out has reached the socket: the
///   library queues pieces for a loop that is busy, without a bound.
/// - No time-out of the library sees a peer that stops reading, so sends of more than 64 KiB are watched.
package final class AsyncHTTPClientTransport: ClientTransport {
    private let loop: any EventLoop
    private let client: HTTPClient
    /// Sends what has its own limit of silence, which the library knows only for all requests of a client.
    private let streams: HTTPClient
    private let isClosed = Mutex(false)

    package init(
        connectTimeout: Duration, readTimeout: Duration, streamTimeout: Duration = .seconds(60), connectionLimit: Int
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout), read: TimeAmount(readTimeout))
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionLimit
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        // The pipeline above makes the spans: one for each call, its attempts included.
        configuration.tracing.tracer = nil
        loop = MultiThreadedEventLoopGroup.singleton.next()
        client = HTTPClient(eventLoopGroup: loop, configuration: configuration)
        configuration.timeout.read = TimeAmount(streamTimeout)
        streams = HTTPClient(eventLoopGroup: loop, configuration: configuration)
    }

    deinit {
        // A client that was dropped without shutdown() still closes its connections; the library insists on it.
        if !isClosed.withLock({ $0 }) {
            for client in [client, streams] { _ = client.shutdown() as EventLoopFuture<Void> }
        }
    }

    package func shutdown() async {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard isFirst else { return }
        // The only failure is a second shutdown, which the flag rules out.
        try? await client.shutdown()
        try? await streams.shutdown()
    }

    package func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard !isClosed.withLock({ $0 }) else { throw TransportError(.closed, mayHaveArrived: false) }
        let progress = SendProgress()
        let outgoing = try makeRequest(request, progress: progress)
        let hasBody = request.body != nil
        do {
            let response =
                if let body = request.body, body.byteCount > SendProgress.watchedByteCount {
                    try await execute(outgoing, request, watching: progress)
                } else {
                    try await execute(
                        outgoing, deadline: request.deadline, with: request.readTimeout == nil ? client : streams)
                }
            return TransportResponse(
                status: Int(response.status.code),
                headerFields: HTTPFields(response.headers),
                body: makeBody(response.body, hasBody: hasBody)
            )
        } catch let error as CancellationError {
            throw error
        } catch {
            throw TransportError(error, bodyWasPulled: progress.wasPulled, hasBody: hasBody)
        }
    }

    private func execute(
        _ request: HTTPClientRequest, deadline: ContinuousClock.Instant, with client: HTTPClient
    ) async throws -> HTTPClientResponse {
        let left = ContinuousClock.now.duration(to: deadline)
        return try await client.execute(request, deadline: .now() + TimeAmount(max(left, .zero)))
    }

    /// Races the request against a watch on the pulls of its body.
    private func execute(
        _ outgoing: HTTPClientRequest, _ request: TransportRequest, watching progress: SendProgress
    ) async throws -> HTTPClientResponse {
        try await withThrowingTaskGroup(of: HTTPClientResponse?.self) { group in
            group.addTask { try await self.execute(outgoing, deadline: request.deadline, with: self.client) }
            group.addTask {
                try await progress.waitForStall(request.stallTimeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let response = first else {
                throw TransportError(.stalled, mayHaveArrived: true)
            }
            return response
        }
    }

    private func makeRequest(_ request: TransportRequest, progress: SendProgress) throws -> HTTPClientRequest {
        guard let scheme = request.head.scheme, let authority = request.head.authority, let path = request.head.path
        else { throw TransportError(.invalidRequest, mayHaveArrived: false) }
        var result = HTTPClientRequest(url: "\(scheme)://\(authority)\(path)")
        result.method = HTTPMethod(rawValue: request.head.method.rawValue)
        for field in request.head.headerFields {
            result.headers.add(name: field.name.rawName, value: field.value)
        }
        // Always pulled, also what is in memory: the first pull is the proof that something left.
        if let body = request.body {
            if body.isSmallInMemory {
                result.body = .bytes(PulledBytes(body: body, progress: progress), length: .known(body.byteCount))
                return result
            }
            result.body = .stream(
                PulledBody(body: body, progress: progress, loop: loop), length: .known(body.byteCount)
            )
        }
        return result
    }

    private func makeBody(_ body: HTTPClientResponse.Body, hasBody: Bool) -> ResponseBody {
        ResponseBody {
            // One reader pulls, each pull after the one before: the iterator, which is not Sendable, is never in use twice.
            nonisolated(unsafe) var iterator = body.makeAsyncIterator()
            return {
                do {
                    guard let buffer = try await unsafe iterator.next() else { return nil }
                    return Array(buffer.readableBytesView)
                } catch let error as CancellationError {
                    throw error
                } catch {
                    throw TransportError(error, bodyWasPulled: true, hasBody: hasBody)
                }
            }
        }
    }
}

/// How far the body of one attempt was pulled.
private final class SendProgress: Sendable {
    /// A peer that does not read a smaller body is caught by the read time-out.
    static let watchedByteCount = HTTPBody.smallByteCount

    private enum Phase {
        case waiting
        case sending(since: ContinuousClock.Instant)
        case sent
    }

    private let phase = Mutex(Phase.waiting)

    var wasPulled: Bool {
        phase.withLock { phase in
            if case .waiting = phase { false } else { true }
        }
    }

    func pulled() { phase.withLock { $0 = .sending(since: .now) } }

    func ended() { phase.withLock { $0 = .sent } }

    /// Returns when a pull is overdue.
    ///
    /// Before the first and after the last pull the time-outs of the library hold.
    func waitForStall(_ limit: Duration) async throws {
        while true {
            let quiet: Duration? = phase.withLock { phase in
                if case .sending(let since) = phase { since.duration(to: .now) } else { nil }
            }
            if let quiet, quiet >= limit { return }
            try await Task.sleep(for: quiet.map { limit - $0 } ?? limit, clock: .continuous)
        }
    }
}

/// A small body in memory, which AsyncHTTPClient copies when its connection is ready: no task of its own, one write.
private struct PulledBytes: Collection, Sendable {
    let body: HTTPBody
    let progress: SendProgress

    var startIndex: Int { 0 }
    var endIndex: Int { Int(body.byteCount) }
    func index(after index: Int) -> Int { index + 1 }

    subscript(position: Int) -> UInt8 {
        body.bytesInMemory[position]
    }

    func withContiguousStorageIfAvailable<Value>(
        _ take: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value? {
        progress.pulled()
        defer { progress.ended() }
        let bytes = body.bytesInMemory
        return try unsafe bytes.withUnsafeBufferPointer { try unsafe take($0) }
    }
}

/// The body as AsyncHTTPClient pulls it: each pull is noted, each piece is read straight into its buffer.
private struct PulledBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: HTTPBody
    let progress: SendProgress
    let loop: any EventLoop

    func makeAsyncIterator() -> Iterator {
        Iterator(reader: body.makeReader(), progress: progress, loop: loop)
    }

    struct Iterator: AsyncIteratorProtocol {
        /// Pieces that may be on their way to the loop while the next is being read.
        private static let queuedPieceCount = 4

        var reader: HTTPBody.Reader
        let progress: SendProgress
        let loop: any EventLoop
        /// Pieces that were handed out.
        private var handedOut = 0
        private let written = WrittenPieces()
        /// Buffers that take turns.
        ///
        /// One that is still being sent is not written over: clearing it takes new memory.
        ///
        /// A buffer for each piece would be freed on another thread than the one that made it, and the allocator's
        /// arenas would grow to tens of MiB.
        private var buffers = [ByteBuffer](repeating: ByteBuffer(), count: queuedPieceCount + 2)
        private var turn = 0

        init(reader: HTTPBody.Reader, progress: SendProgress, loop: any EventLoop) {
            self.reader = reader
            self.progress = progress
            self.loop = loop
        }

        mutating func next() async throws -> ByteBuffer? {
            progress.pulled()
            guard let count = reader.nextPieceByteCount else {
                progress.ended()
                return nil
            }
            // The loop does things in turn: it has written what came before, and holds back the next when the socket
            // is full.
            if handedOut > 0 { loop.execute { [written, handedOut] in written.note(handedOut) } }
            if handedOut - written.count >= Self.queuedPieceCount { try await loop.submit {}.get() }
            handedOut += 1
            turn = (turn + 1) % buffers.count
            buffers[turn].clear(minimumCapacity: count)
            try unsafe buffers[turn].writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
                try unsafe reader.read(into: target)
                return count
            }
            return buffers[turn]
        }
    }
}

/// How many pieces of a body the loop has taken.
private final class WrittenPieces: Sendable {
    private let pieces = Atomic(0)

    var count: Int { pieces.load(ordering: .acquiring) }

    func note(_ count: Int) { pieces.store(count, ordering: .releasing) }
}

extension HTTPFields {
    fileprivate init(_ headers: HTTPHeaders) {
        self.init()
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            append(HTTPField(name: name, value: value))
        }
    }
}

extension TransportError {
    /// Sorts what the library throws.
    ///
    /// Which error means what was observed, not read from its documentation: the type alone does not tell whether
    /// anything was sent, so the pull of the body decides.
    fileprivate init(_ error: any Error, bodyWasPulled: Bool, hasBody: Bool) {
        // A request without a body may have left as soon as there was a connection.
        let mayHaveArrived = bodyWasPulled || !hasBody
        switch error {
        case let error as TransportError:
            self = error
        case let error as ClientError:
            self.init(.requestBody, mayHaveArrived: bodyWasPulled, underlying: error)
        case let error as HTTPClientError:
            self.init(error, mayHaveArrived: mayHaveArrived)
        case let error as NIOConnectionError:
            self.init(error)
        case let error as IOError:
            self.init(error, mayHaveArrived: mayHaveArrived)
        case is HTTPParserError:
            let isTruncated = error as? HTTPParserError == .invalidEOFState
            self.init(isTruncated ? .truncated : .notHTTP, mayHaveArrived: true, detail: "\(error)", underlying: error)
        case is SocketAddressError:
            self.init(.hostNotFound, mayHaveArrived: false, underlying: error)
        case ChannelError.connectTimeout:
            self.init(.connectTimeout, mayHaveArrived: false, underlying: error)
        case ChannelError.ioOnClosedChannel, ChannelError.eof:
            self.init(.connectionLost, mayHaveArrived: mayHaveArrived, underlying: error)
        default:
            // The TLS library is no dependency of this package; its errors are known by the name of their module.
            let name = String(reflecting: type(of: error))
            let isTLS = name.hasPrefix("NIOSSL") || name.contains("TLS")
            self.init(
                isTLS ? .tls : .other, mayHaveArrived: isTLS ? bodyWasPulled : mayHaveArrived, detail: "\(error)",
                underlying: error
            )
        }
    }

    private init(_ error: HTTPClientError, mayHaveArrived: Bool) {
        let words = error.shortDescription
        switch error {
        case .connectTimeout:
            self.init(.connectTimeout, mayHaveArrived: false, detail: words, underlying: error)
        case .tlsHandshakeTimeout:
            self.init(.tls, mayHaveArrived: false, detail: words, underlying: error)
        case .readTimeout:
            self.init(.readTimeout, mayHaveArrived: mayHaveArrived, detail: words, underlying: error)
        case .writeTimeout:
            self.init(.stalled, mayHaveArrived: mayHaveArrived, detail: words, underlying: error)
        case .deadlineExceeded, .getConnectionFromPoolTimeout:
            self.init(.deadline, mayHaveArrived: mayHaveArrived, detail: words, underlying: error)
        case .remoteConnectionClosed, .uncleanShutdown:
            self.init(.connectionLost, mayHaveArrived: mayHaveArrived, detail: words, underlying: error)
        case .alreadyShutdown:
            self.init(.closed, mayHaveArrived: false, detail: words, underlying: error)
        case .bodyLengthMismatch:
            self.init(.requestBody, mayHaveArrived: true, detail: words, underlying: error)
        case .cancelled, .requestStreamCancelled:
            self.init(.connectionLost, mayHaveArrived: mayHaveArrived, detail: words, underlying: error)
        default:
            // Header names or values with control characters, an odd URL: refused before a connection is looked for.
            self.init(
                words.contains("nvalid") || words.contains("mpty") ? .invalidRequest : .other,
                mayHaveArrived: mayHaveArrived, detail: words, underlying: error
            )
        }
    }

    private init(_ error: NIOConnectionError) {
        if error.connectionErrors.isEmpty {
            self.init(.hostNotFound, mayHaveArrived: false, underlying: error)
            return
        }
        let codes = error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }
        let kind: Kind = codes.contains(Errno.refused) ? .refused : .unreachable
        let timedOut = codes.isEmpty
        self.init(timedOut ? .connectTimeout : kind, mayHaveArrived: false, underlying: error)
    }

    private init(_ error: IOError, mayHaveArrived: Bool) {
        switch error.errnoCode {
        case Errno.refused:
            self.init(.refused, mayHaveArrived: false, underlying: error)
        case Errno.hostUnreachable, Errno.networkUnreachable, Errno.hostDown:
            self.init(.unreachable, mayHaveArrived: mayHaveArrived, underlying: error)
        case Errno.timedOut:
            self.init(.connectionLost, mayHaveArrived: mayHaveArrived, underlying: error)
        default:
            self.init(.connectionLost, mayHaveArrived: mayHaveArrived, detail: error.description, underlying: error)
        }
    }
}
