/// Tells the one scheduler of a server that there may be something to do.
struct JobSignal: Sendable {
    /// For the scheduler alone; signals that come while it works become one.
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Call it when the change is committed.
    func send() { continuation.yield() }
}
