import HTTPTypes
public import SynapseModels

// Agents. Source: docs/wire-protocol.md, "Agents".
extension BackendClient {
    /// Lists agents, one page.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page; each agent with its token where the server gives it.
    /// - Throws: ``ClientError``.
    public func listAgents(_ query: ListQuery = ListQuery()) async throws -> Page<Agent> {
        var request = ClientRequest("listAgents", .get, .path("agents/"), query: query.items)
        request.hidesAnswer = true
        return try await page(request)
    }

    /// Lists all agents.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The agents, fetched as they are read.
    public func listAllAgents(
        _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<Agent> {
        pages("listAgents", "agents/", query: query.items, options: options, hidesAnswer: true)
    }

    /// Gets an agent.
    ///
    /// - Parameter id: The agent.
    /// - Returns: The agent.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getAgent(_ id: Agent.ID) async throws -> Agent {
        var request = ClientRequest("getAgent", .get, .path("agents/\(id)/"))
        request.hidesAnswer = true
        return try await value(request)
    }

    /// Makes an agent known to the backend.
    ///
    /// - Parameter agent: What to create.
    /// - Returns: The agent with the token that the server made for it.
    /// - Throws: ``ClientError``, coded `validationFailed` with a field error on `name` when the name is taken, or
    ///   `outcomeUnknown`.
    public func createAgent(_ agent: AgentCreate) async throws -> Agent {
        var request = ClientRequest("createAgent", .post, .path("agents/"), body: HTTPBody(json: agent))
        request.hidesAnswer = true
        return try await value(request)
    }

    /// Checks an agent and notes that it was seen.
    ///
    /// The token stands in the path of the request; errors and logs of this client show it as `<redacted>`.
    ///
    /// - Parameter token: The agent's token.
    /// - Returns: What the server knows of the agent; `nil` where it answers nothing.
    /// - Throws: ``ClientError``, coded `notFound` when no agent of this tenant has the token, or `invalidArgument`.
    @discardableResult
    public func healthCheckAgent(_ token: Secret) async throws -> RawJSON? {
        let segment = try Self.agentSegment(token)
        // No body, and doing it twice is doing it once.
        var request = ClientRequest(
            "healthCheckAgent", .post, .path("agents/\(segment)/connect/"), body: HTTPBody(bytes: []))
        request.isRead = true
        request.secrets = [token, Secret(segment)]
        let response = try await pipeline.send(request)
        return try? RawJSON(parsing: response.body)
    }

    private static func agentSegment(_ token: Secret) throws(ClientError) -> String {
        do {
            return try segment(token.value, of: "an agent's token")
        } catch {
            throw ClientError(.invalidArgument, "an agent's token cannot be empty")
        }
    }
}
