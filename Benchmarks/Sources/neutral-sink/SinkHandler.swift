import NIOCore
import NIOHTTP1

/// Answers the requests of one connection.
///
/// It speaks the part of the protocol that uploads and lists use: docs/wire-protocol.md.
final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: SinkState
    private var head: HTTPRequestHead?
    /// The upload that the request brings a chunk of.
    private var chunked: Int?
    private var intake = FileIntake()
    private var pages = TaskPages()

    init(state: SinkState) {
        self.state = state
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            let isChunk = head.method == .PUT && head.uri.hasPrefix("/chunked_upload")
            let id = isChunk ? upload(head) ?? state.makeID() : nil
            chunked = id
            intake = FileIntake(head, upload: id.map { state.upload($0) })
        case .body(let buffer):
            intake.add(buffer)
        case .end:
            guard let head else { return }
            state.note(bodyBytes: intake.byteCount)
            answer(head, context)
        }
    }

    private func upload(_ head: HTTPRequestHead) -> Int? {
        let pieces = head.uri.split(separator: "/")
        return pieces.first == "chunked_upload" && pieces.count > 1 ? Int(pieces[1]) : nil
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = head.uri.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        switch (head.method, path.first ?? "") {
        case (.GET, "sink"):
            let counters = state.drain()
            send(
                #"{"requests":\#(counters.requests),"body_bytes":\#(counters.bodyBytes),"verified":\#(counters.verified),"spoiled":\#(counters.spoiled)}"#,
                context)
        case (.PUT, "chunked_upload"): takeChunk(context)
        case (.GET, "chunked_upload"): sendUpload(upload(head) ?? 0, context)
        case (.POST, "chunked_upload"): finalize(upload(head) ?? 0, context)
        case (.POST, "data_files") where path.count > 1: send(#"{"existing_checksums":[]}"#, context)
        case (.POST, "data_files") where !intake.isMultipart:
            // A data file of an upload: the body's only number is the upload's.
            let upload = state.upload(intake.firstNumber() ?? 0)
            send(
                #"{"id":\#(state.makeID()),"checksum":"\#(upload.digest)","size":\#(upload.offset),"file":"http://sink/f"}"#,
                context)
        case (.POST, "data_files"):
            let id = state.makeID()
            // A name in place of the digest, which is computed after the run.
            let checksum = state.keep(intake.file, id)
            send(
                #"{"id":\#(id),"checksum":"\#(checksum)","size":\#(intake.fileByteCount),"file":"http://sink/f"}"#,
                context)
        case (.GET, "data_collections"):
            send(
                #"{"id":3,"name":"c","category":"image","file_specifications":[{"id":1,"name":"image_1","file_type":"image","is_required":true,"is_primary":true,"extensions":["png","bin"]}]}"#,
                context)
        case (.POST, "data_units"):
            state.keep(units: intake.kept)
            // A list in, a list out; the count is that of a member that each unit has once.
            let count = intake.count(of: Array(#""data_collection""#.utf8))
            let units = (0..<count).map { _ in #"{"id":\#(state.makeID()),"data_collection":3,"files":{},"meta":{}}"# }
            send("[" + units.joined(separator: ",") + "]", context)
        case (.GET, "sdk"):
            send(
                pages.page(head.uri, host: head.headers.first(name: "host") ?? "", taskCount: state.taskCount), context)
        default: send(#"{"detail":"The sink has no such path."}"#, context, status: .notFound)
        }
    }

    private func takeChunk(_ context: ChannelHandlerContext) {
        guard let id = chunked else { return }
        var upload = state.upload(id)
        upload.offset += intake.fileByteCount
        upload.total = intake.totalByteCount
        state.keep(id, upload)
        sendUpload(id, context)
    }

    private func sendUpload(_ id: Int, _ context: ChannelHandlerContext) {
        let upload = state.upload(id)
        let isDone = !upload.digest.isEmpty
        let completed = isDone ? #""2026-01-01T00:00:00Z""# : "null"
        send(
            #"{"id":\#(id),"url":"/chunked_upload/\#(id)/","offset":\#(upload.offset),"status":\#(isDone ? 2 : 1),"completed_at":\#(completed),"filename":"f","file":"http://sink/f","checksum":"\#(upload.digest)","size":\#(upload.offset)}"#,
            context)
    }

    /// Believes the digest for now: `/sink` compares it, after the run.
    private func finalize(_ id: Int, _ context: ChannelHandlerContext) {
        var upload = state.upload(id)
        guard upload.offset == upload.total, upload.offset > 0, let digest = intake.firstDigest() else {
            return send(#"{"detail":"The upload is not complete, or no md5 was given."}"#, context, status: .badRequest)
        }
        upload.digest = digest
        state.keep(id, upload)
        sendUpload(id, context)
    }

    private func send(_ text: String, _ context: ChannelHandlerContext, status: HTTPResponseStatus = .ok) {
        send(ByteBuffer(string: text), context, status: status)
    }

    private func send(_ body: ByteBuffer, _ context: ChannelHandlerContext, status: HTTPResponseStatus = .ok) {
        let head = HTTPResponseHead(
            version: .http1_1, status: status,
            headers: ["content-type": "application/json", "content-length": "\(body.readableBytes)"])
        guard state.latency > .zero else { return write(head, body, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: state.latency) {
            let (handler, context) = bound.value
            handler.write(head, body, context)
        }
    }

    private func write(_ head: HTTPResponseHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in digest {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
