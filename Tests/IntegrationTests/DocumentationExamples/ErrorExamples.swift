import SynapseClient

enum ErrorExamples {
    static func byCode(_ client: BackendClient) async throws -> Project? {
        do {
            return try await client.getProject(999)
        } catch let error as ClientError where error.code == .notFound {
            return nil
        }
    }

    static func facts(_ client: BackendClient) async throws -> [String] {
        do {
            _ = try await client.createProject(ProjectCreate(title: "", category: .image))
            return []
        } catch let error as ClientError where error.code == .validationFailed {
            print(error)
            print(error.statusCode ?? 0, error.context.requestID ?? "")
            return error.context.fieldErrors.map { "\($0.path): \($0.messages.joined(separator: " "))" }
        }
    }

    static func unknownOutcome(_ client: BackendClient, _ project: ProjectCreate) async throws -> Project? {
        do {
            return try await client.createProject(project)
        } catch let error as ClientError where error.code == .outcomeUnknown {
            let found = try await client.listProjects(ListQuery(search: project.title))
            return found.results.first
        }
    }
}
