extension BackendServer {
    /// What runs the actions of plugins, and whether it can now.
    public struct JobRunner: Sendable, Hashable {
        /// Whether jobs can begin now; those that wait are tried again.
        public var isReady: Bool
        /// With what they run, or why they cannot; for people.
        public var text: String
    }

    /// Asks what runs jobs; answers within seconds.
    ///
    /// - Returns: `nil` when this server runs none.
    public func jobRunner() async -> JobRunner? {
        guard let health = await services.executor?.health() else { return nil }
        return JobRunner(isReady: health.isReady, text: health.text)
    }
}
