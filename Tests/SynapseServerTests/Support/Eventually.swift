import Testing

/// Waits for something that another task brings about, for a minute at most.
func eventually(
    _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "It has not come about.", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(10))
    }
}
