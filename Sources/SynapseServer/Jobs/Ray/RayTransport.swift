import AsyncHTTPClient
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends requests to Ray and takes answers of bounded size; the only file of this library that imports AsyncHTTPClient.
final class RayTransport: Sendable {
    enum Body: Sendable {
        case none
        case json([UInt8])
        case bytes([UInt8])
        /// A file of this machine, read as it is sent.
        case file(OpenFile, byteCount: Int64)
    }

    struct Answer: Sendable {
        var status: Int
        var contentType: String
        var bytes: [UInt8]
    }

    private static let pieceByteCount = 256 << 10

    let address: RayAddress
    private let client: HTTPClient

    init(address: RayAddress, connectTimeout: Duration) {
        self.address = address
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = TimeAmount(connectTimeout)
        // A refusal is told at once rather than tried until the connect time-out.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { _ = client.shutdown() as EventLoopFuture<Void> }

    /// Sends one request.
    ///
    /// - Parameters:
    ///   - method: The HTTP method.
    ///   - path: What follows the address, encoded.
    ///   - body: What is sent.
    ///   - limit: For all of it, the answer's last byte included.
    ///   - byteCount: The longest answer that is taken.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``RayError`` when no answer came, `CancellationError`.
    func send(
        _ method: HTTPMethod, _ path: String, _ body: Body = .none, within limit: Duration, upTo byteCount: Int
    ) async throws -> Answer {
        do {
            return try await withThrowingTaskGroup(of: Answer?.self) { group in
                group.addTask { try await self.exchange(method, path, body, within: limit, upTo: byteCount) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let answer = first else {
                    throw RayError(
                        code: .noAnswer, message: "Ray at \(address) did not answer within \(limit / .seconds(1)) s.")
                }
                return answer
            }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw RayError(error, address)
        }
    }

    private func exchange(
        _ method: HTTPMethod, _ path: String, _ body: Body, within limit: Duration, upTo byteCount: Int
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address.description + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        // Ray fails with status 500 where there is none, and refuses those of browsers.
        request.headers.add(name: "User-Agent", value: "synapse-server")
        switch body {
        case .none: break
        case .json(let bytes):
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(bytes)
        case .bytes(let bytes):
            request.headers.add(name: "Content-Type", value: "application/octet-stream")
            request.body = .bytes(bytes)
        case .file(let file, let count):
            request.headers.add(name: "Content-Type", value: "application/octet-stream")
            request.body = .stream(
                FilePieces(file: file, byteCount: count, pieceByteCount: Self.pieceByteCount), length: .known(count))
        }
        let response = try await client.execute(request, deadline: .now() + TimeAmount(limit))
        var bytes: [UInt8] = []
        for try await piece in response.body {
            guard bytes.count + piece.readableBytes <= byteCount else {
                throw RayError(
                    code: .notRay, message: "\(address) sends an answer of more than \(byteCount >> 20) MiB.")
            }
            bytes.append(contentsOf: piece.readableBytesView)
        }
        return Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "Content-Type") ?? "",
            bytes: bytes)
    }
}

/// The bytes of a file, a piece at a time.
private struct FilePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let file: OpenFile
    let byteCount: Int64
    let pieceByteCount: Int

    func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

    struct Iterator: AsyncIteratorProtocol {
        let pieces: FilePieces
        var offset: Int64 = 0

        mutating func next() async throws -> ByteBuffer? {
            let count = Int(Swift.min(Int64(pieces.pieceByteCount), pieces.byteCount - offset))
            guard count > 0 else { return nil }
            let piece = try await NIOThreadPool.singleton.runIfActive { [file = pieces.file, offset] in
                try file.read(at: offset, count: count)
            }
            offset += Int64(piece.readableBytes)
            return piece.readableBytes > 0 ? piece : nil
        }
    }
}

extension RayError {
    /// Sorts what the library throws, as it was observed.
    fileprivate init(_ error: any Error, _ address: RayAddress) {
        switch error {
        case let error as RayError:
            self = error
        case let error as NIOConnectionError:
            self.init(error, address)
        case is SocketAddressError:
            self.init(code: .unknownHost, message: "The host of Ray's address \(address) is not known.")
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            self.init(
                code: .unreachable, message: "Ray at \(address) cannot be connected to: \(Self.reason(error)).")
        case let error as IOError:
            self.init(code: .noAnswer, message: "The connection to Ray at \(address) broke: \(Self.reason(error)).")
        case let error as HTTPClientError:
            self.init(error, address)
        case ChannelError.connectTimeout:
            self.init(code: .unreachable, message: "Ray at \(address) cannot be connected to: no answer in time.")
        case HTTPParserError.invalidEOFState:
            self.init(code: .noAnswer, message: "Ray at \(address) closed the connection before its answer was whole.")
        case is HTTPParserError:
            self.init(code: .notRay, message: "What answers at \(address) does not speak HTTP; is it Ray's dashboard?")
        default:
            self.init(code: .noAnswer, message: "Ray at \(address) could not be asked: \(type(of: error)).")
        }
    }

    private init(_ error: HTTPClientError, _ address: RayAddress) {
        switch error {
        case .connectTimeout:
            self.init(code: .unreachable, message: "Ray at \(address) cannot be connected to: no answer in time.")
        case .remoteConnectionClosed:
            self.init(code: .noAnswer, message: "Ray at \(address) closed the connection before its answer was whole.")
        case .deadlineExceeded, .readTimeout:
            self.init(code: .noAnswer, message: "Ray at \(address) did not answer in time.")
        default:
            self.init(code: .noAnswer, message: "Ray at \(address) could not be asked: \(error.shortDescription).")
        }
    }

    private init(_ error: NIOConnectionError, _ address: RayAddress) {
        let errors = error.connectionErrors
        if errors.isEmpty {
            self.init(code: .unknownHost, message: "The host of Ray's address \(address) is not known.")
            return
        }
        let reasons = errors.compactMap { ($0.error as? IOError).map(Self.reason) }
        self.init(
            code: .unreachable,
            message: "Ray at \(address) cannot be connected to: \(reasons.first ?? "no answer in time").")
    }

    private static func reason(_ error: IOError) -> String { unsafe String(cString: strerror(error.errnoCode)) }
}
