#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ClientConfiguration {
    /// Reads the configuration from `SYNAPSE_HOST`, `SYNAPSE_ACCESS_TOKEN`, `SYNAPSE_TENANT` and `SYNAPSE_AGENT_TOKEN`.
    ///
    /// - Parameter environment: The variables; those of the process unless given.
    /// - Returns: The configuration, everything else at its default.
    /// - Throws: ``ClientError`` coded `invalidConfiguration` when `SYNAPSE_HOST` is missing.
    public static func fromEnvironment(
        _ environment: [String: String]? = nil
    ) throws(ClientError) -> ClientConfiguration {
        let environment = environment ?? ProcessInfo.processInfo.environment
        guard let host = environment.filled("SYNAPSE_HOST") else {
            throw ClientError(
                .invalidConfiguration,
                "no address of a backend: set SYNAPSE_HOST, for example to http://127.0.0.1:8000"
            )
        }
        return ClientConfiguration(baseURL: host).filled(from: environment)
    }

    /// Takes what is not set from the environment; what is set stays.
    ///
    /// - Parameter environment: The variables; those of the process unless given.
    /// - Returns: The filled configuration.
    public func filled(
        from environment: [String: String]? = nil
    ) -> ClientConfiguration {
        let environment = environment ?? ProcessInfo.processInfo.environment
        var copy = self
        if copy.credentials.accessToken == nil {
            copy.credentials.accessToken = environment.filled("SYNAPSE_ACCESS_TOKEN").map { Secret($0) }
        }
        if copy.credentials.tenant == nil { copy.credentials.tenant = environment.filled("SYNAPSE_TENANT") }
        if copy.credentials.agentToken == nil {
            copy.credentials.agentToken = environment.filled("SYNAPSE_AGENT_TOKEN").map { Secret($0) }
        }
        return copy
    }
}

extension [String: String] {
    fileprivate func filled(_ name: String) -> String? {
        guard let value = self[name], !value.allSatisfy(\.isWhitespace) else { return nil }
        return value
    }
}
