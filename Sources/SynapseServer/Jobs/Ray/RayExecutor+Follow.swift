import NIOCore

extension RayExecutor {
    /// Ray ends a tail some seconds behind the job's end; one that is still open after this is left.
    private static let tailGrace: Duration = .seconds(10)
    private static let longestPause: Duration = .seconds(10)

    func follow(
        _ handle: String, from position: Int64, _ output: (JobOutput) async throws -> Void
    ) async throws -> JobExit {
        do {
            // Ray's own word comes first: a tail of a job that it does not know would only break.
            _ = try await client.job(handle)
            return try await read(handle, from: position, output)
        } catch let error as RayError {
            throw error.code == .notFound
                ? .unknownRun(
                    "Ray at \(client.address) does not know the job \(handle): Ray was restarted since, or somebody "
                        + "deleted the job.")
                : error.executorError
        }
    }

    private func read(
        _ handle: String, from position: Int64, _ output: (JobOutput) async throws -> Void
    ) async throws -> JobExit {
        // Says that Ray is in reach, before anything was printed.
        try await output(JobOutput(bytes: [], end: position))
        var reached = position
        var pause: Duration = .milliseconds(250)
        while true {
            var reader = RayLogReader(reached: reached)
            var finalSince: ContinuousClock.Instant?
            let ending = try await tail.read(handle) { event in
                switch event {
                case .text(let text):
                    for piece in reader.read(text.readableBytesView) { try await output(piece) }
                    return reader.ending == nil
                case .silence:
                    guard try await client.job(handle).status.isFinal else { return true }
                    finalSince = finalSince ?? .now
                    return finalSince.map { $0.duration(to: .now) < Self.tailGrace } ?? true
                }
            }
            if reader.reached > reached { pause = .milliseconds(250) }
            reached = reader.reached
            // Behind the launcher's last word there is no more output; Ray takes a moment to notice the end.
            if reader.ending != nil { return try await settled(handle).exit(of: reader, client.address) }
            let job = try await client.job(handle)
            if job.status.isFinal || ending == .refused {
                reader = try await fetch(handle, job, reached: reached, or: reader, output)
                reached = reader.reached
            }
            if job.status.isFinal { return job.exit(of: reader, client.address) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// The job once it is final.
    private func settled(_ handle: String) async throws -> RayJob {
        var pause: Duration = .milliseconds(50)
        while true {
            let job = try await client.job(handle)
            if job.status.isFinal { return job }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// Reads the log as a whole, for what no tail has told.
    ///
    /// A job that came to its end before its program began has no log that Ray hands out: what Ray says is its output.
    private func fetch(
        _ handle: String, _ job: RayJob, reached: Int64, or reader: RayLogReader,
        _ output: (JobOutput) async throws -> Void
    ) async throws -> RayLogReader {
        let isFinal = job.status.isFinal
        let log: [UInt8]
        do {
            log = try await client.log(handle)
        } catch let error as RayError where isFinal && [.failing, .notRay].contains(error.code) {
            // Ray is there and cannot read the log, or it is larger than is taken: what the tail told is all there is.
            return reader
        }
        var whole = RayLogReader(reached: reached)
        var pieces = whole.read(log)
        if isFinal, !whole.hasStarted {
            whole = RayLogReader(reached: reached, isRaw: true)
            pieces = whole.read(job.exitCode == nil ? Array((job.message + "\n").utf8) : log)
        }
        for piece in pieces { try await output(piece) }
        return whole
    }
}

extension RayJob {
    fileprivate func exit(of reader: RayLogReader, _ address: RayAddress) -> JobExit {
        exit(reader.ending, hasStarted: reader.hasStarted, address: address)
    }
}
