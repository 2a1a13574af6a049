import GRDB
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

private let start = "__SYNAPSE_RESULT_START__"
private let end = "__SYNAPSE_RESULT_END__"

@Suite(.timeLimit(.minutes(2)))
struct JobOutcomeTests {
    /// A progress bar leaves its line open, so that a mark need not begin its line.
    @Test(
        arguments: [
            ([start, #"{"a":1}"#, end], #"{"a":1}"#),
            (["\r100%|####| 10/10" + start, #"{"a":1}"#, end], #"{"a":1}"#),
            ([start, #"{"a":1}"#, "\r100%|####| 10/10" + end], #"{"a":1}"#),
            ([start, "[1]", end, "bar" + start, "[2]", end, "bye"], "[2]"),
            ([start + " is a mark", "[1]", end], nil),
            ([start, "no JSON", end], nil),
            ([end, "[1]", start], nil),
        ] as [([String], String?)])
    func aPrintedResultIsFoundBetweenItsMarks(_ lines: [String], _ expected: String?) async throws {
        #expect(try await result(lines) == expected)
    }

    @Test func aPrintedResultHasABound() async throws {
        let piece = String(repeating: "x", count: PrintedLine.longestByteCount)
        let lines = [start, "[\""] + Array(repeating: piece, count: 1100) + ["\"]", end]
        #expect(try await result(lines) == nil)
        #expect(try await result([start, "[\"", piece, piece, "\"]", end]) == "[\"\(piece)\(piece)\"]")
    }

    /// What becomes the result of a job that printed lines and ended well.
    private func result(_ lines: [String]) async throws -> String? {
        try await withEmbeddedBackend(configure: { $0.jobs.isEnabled = false }) { backend in
            let job = try await JobWorkspace(TestClient(backend)).makeJob()
            return try await backend.server.services.database.write { db in
                let jobs = JobRepository(tenant: 1)
                let record = try jobs.existing(db, job)
                try jobs.append(db, record.id, lines.map { PrintedLine(text: $0, created: "") })
                let outcome = JobOutcome(exit: JobExit(.status(0)), wasStopped: false)
                return try outcome.change(db, record).result.applied(to: nil)
            }
        }
    }
}
