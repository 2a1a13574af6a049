#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Does to requests what a plan says.
final class FaultInjector: Sendable {
    private struct RuleState {
        var matched = 0
        var generator: SplitMix
    }

    private let plan: FaultPlan
    private let logger: Logger
    private let states: Mutex<[RuleState]>

    init(_ plan: FaultPlan, logger: Logger) {
        self.plan = plan
        self.logger = logger
        states = Mutex(
            plan.rules.indices.map { RuleState(generator: SplitMix(state: plan.seed &+ UInt64($0) &* 0x9E37)) })
    }

    /// Handles a request, or does it harm.
    @concurrent
    func handle(
        _ request: Request, route: String?, context: BackendRequestContext,
        next: @concurrent (Request, BackendRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let (index, fault) = choose(route: route.map(FaultPlan.normalized), method: request.method.rawValue)
        else {
            return try await next(request, context)
        }
        logger.notice(
            "fault on purpose",
            metadata: ["rule": "\(index)", "method": "\(request.method)", "route": "\(route ?? "unknown")"])
        var request = request
        switch fault {
        case .status(let status, let retryAfter, let isHTML):
            return Self.answer(status, retryAfter, isHTML)
        case .reset(nil):
            await Self.reset(context.channel)
            return Response(status: .serviceUnavailable)
        case .reset(let limit?):
            let channel = context.channel
            request.body = RequestBody(
                asyncSequence: Inspected(base: request.body) { _, range in
                    guard range.upperBound >= limit else { return }
                    await Self.reset(channel)
                    throw ChannelError.ioOnClosedChannel
                })
            return try await next(request, context)
        case .lostReply:
            _ = try await next(request, context)
            try? await context.channel.close()
            return Response(status: .serviceUnavailable)
        case .cutReply(let limit):
            return Self.cut(try await next(request, context), limit, context.channel)
        case .stall(let duration):
            try await Task.sleep(for: duration)
            return try await next(request, context)
        case .flipBit(let offset, false):
            request.body = RequestBody(
                asyncSequence: Inspected(base: request.body) { Self.flip(&$0, $1, offset) })
            return try await next(request, context)
        case .flipBit(let offset, true):
            return Self.flip(try await next(request, context), offset)
        }
    }

    /// The fault for a request; every rule that matches counts it, the first whose turn it is decides.
    private func choose(route: String?, method: String) -> (index: Int, fault: FaultPlan.Fault)? {
        states.withLock { states in
            var chosen: (Int, FaultPlan.Fault)?
            for (index, rule) in plan.rules.enumerated() {
                guard rule.route.map({ $0 == route }) ?? (route != "health"), rule.method.map({ $0 == method }) ?? true
                else { continue }
                states[index].matched += 1
                let number = states[index].matched - rule.skip
                guard number > 0 else { continue }
                let isDue =
                    switch rule.occasion {
                    case .always: true
                    case .every(let count): number.isMultiple(of: count)
                    case .first(let count): number <= count
                    case .probability(let chance): states[index].generator.unit() < chance
                    }
                if isDue, chosen == nil { chosen = (index, rule.fault) }
            }
            return chosen
        }
    }

    private static func answer(_ status: Int, _ retryAfter: Int?, _ isHTML: Bool) -> Response {
        let status = HTTPResponse.Status(code: status)
        var headers = HTTPFields()
        headers[.contentType] = isHTML ? "text/html" : "application/json"
        headers[.retryAfter] = retryAfter.map(String.init)
        let title = "\(status.code) \(phrases[status.code] ?? "Error")"
        let text =
            isHTML
            ? "<html>\r\n<head><title>\(title)</title></head>\r\n<body><center><h1>\(title)</h1></center></body>\r\n</html>\r\n"
            : #"{"detail":"A fault on purpose."}"#
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let phrases = [
        429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
        503: "Service Temporarily Unavailable",
        504: "Gateway Time-out",
    ]

    /// Ends a connection so that the other side sees a reset, not an end.
    private static func reset(_ channel: any Channel) async {
        if let options = channel as? any SocketOptionProvider {
            try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }

    private static func cut(_ response: Response, _ limit: Int64, _ channel: any Channel) -> Response {
        let sent = Mutex<Int64>(0)
        let length = response.body.contentLength
        let body = response.body
        return Response(
            status: response.status, headers: response.headers,
            body: ResponseBody(contentLength: length) { writer in
                let counting = body.map { piece in
                    var piece = piece
                    let left = sent.withLock { sent in
                        defer { sent += Int64(piece.readableBytes) }
                        return limit - sent
                    }
                    // The piece before has gone out when this one is asked for.
                    guard left > 0 else {
                        try await channel.close()
                        throw ChannelError.ioOnClosedChannel
                    }
                    return piece.readSlice(length: Int(min(left, Int64(piece.readableBytes)))) ?? piece
                }
                try await counting.write(writer)
                try await channel.close()
            })
    }

    private static func flip(_ response: Response, _ offset: Int64) -> Response {
        let position = Mutex<Int64>(0)
        var response = response
        let length = response.body.contentLength
        let body = response.body.map { piece in
            var piece = piece
            let start = position.withLock { position in
                defer { position += Int64(piece.readableBytes) }
                return position
            }
            flip(&piece, start..<start + Int64(piece.readableBytes), offset)
            return piece
        }
        response.body = ResponseBody(contentLength: length) { writer in try await body.write(writer) }
        return response
    }

    private static func flip(_ piece: inout ByteBuffer, _ range: Range<Int64>, _ offset: Int64) {
        guard range.contains(offset) else { return }
        let place = piece.readerIndex + Int(offset - range.lowerBound)
        if let byte = piece.getInteger(at: place, as: UInt8.self) { piece.setInteger(byte ^ 1, at: place) }
    }
}

/// A body whose pieces are looked at, and may be changed, on their way.
private struct Inspected: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let base: RequestBody
    let inspect: @Sendable (inout ByteBuffer, Range<Int64>) async throws -> Void

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), inspect: inspect) }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let inspect: @Sendable (inout ByteBuffer, Range<Int64>) async throws -> Void
        var position: Int64 = 0

        mutating func next() async throws -> ByteBuffer? {
            // One reader pulls, each pull after the one before: the iterator, which is not Sendable, is never in use twice.
            nonisolated(unsafe) var pulled = base
            defer { unsafe base = pulled }
            guard var piece = try await unsafe pulled.next() else { return nil }
            let end = position + Int64(piece.readableBytes)
            try await inspect(&piece, position..<end)
            position = end
            return piece
        }
    }
}

/// Random numbers that begin where they are told.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
private struct SplitMix {
    var state: UInt64

    /// A number from 0 up to 1.
    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
    }
}
