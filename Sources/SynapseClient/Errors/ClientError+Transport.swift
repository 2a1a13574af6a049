extension ClientError {
    /// Puts a failure of the transport into words.
    package init(_ error: TransportError, attempt: Attempt, timeouts: ClientConfiguration.Timeouts) {
        if error.kind == .requestBody, let cause = error.underlying as? ClientError {
            self = cause
            return
        }
        let server = attempt.address.origin.authority
        let read = timeouts.read
        let (code, message): (Code, String) =
            switch error.kind {
            case .refused:
                (.connectionRefused, "nothing listens at \(server): check the address and that the server is running")
            case .hostNotFound:
                (.hostNotFound, "the host of \(server) was not found: check the address and the network")
            case .unreachable:
                (.connectionFailed, "\(server) cannot be reached: check the network")
            case .connectTimeout:
                (
                    .connectTimeout,
                    "\(server) did not take the connection within \(timeouts.connect.text): check the address, the network "
                        + "and whether the port speaks \(attempt.address.origin.scheme)"
                )
            case .tls:
                (
                    .tlsFailed,
                    "no encrypted connection to \(server): check that the address speaks https and its certificate is valid"
                )
            case .readTimeout:
                (.readTimeout, "\(server) was silent for \(read.text), the read time-out: try again")
            case .stalled:
                (.stalled, "\(server) stopped taking data for \(timeouts.stall.text): try again")
            case .deadline:
                (
                    .deadlineExceeded,
                    "the call to \(server) took longer than its deadline: try again"
                )
            case .connectionLost:
                (.connectionLost, "the connection to \(server) broke before the answer was complete: try again")
            case .truncated:
                (.truncatedResponse, "the answer of \(server) ended too early: try again")
            case .notHTTP:
                (.protocolError, "what answers at \(server) does not speak HTTP: check the address and the port")
            case .requestBody:
                (.protocolError, "the body of the request did not have its announced length")
            case .closed:
                (.clientClosed, "the client was shut down before this call")
            case .invalidRequest:
                (.invalidArgument, "the request cannot be sent: a token or a path holds characters that HTTP forbids")
            case .other:
                (.connectionFailed, "the request to \(server) failed: check the network and try again")
            }
        let delivery: Delivery =
            switch error.kind {
            case .closed, .invalidRequest: .local
            default: error.mayHaveArrived ? .unknown : .notSent
            }
        self.init(code, message, delivery: delivery, underlying: error)
    }
}

extension Duration {
    /// Seconds with at most one decimal, or milliseconds below one second: `15 s`, `1.5 s`, `200 ms`.
    package var text: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = milliseconds % 1000 / 100
        return tenths == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(tenths) s"
    }
}
