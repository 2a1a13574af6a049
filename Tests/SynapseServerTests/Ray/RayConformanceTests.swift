import SynapseTestSupport
import Testing

@testable import SynapseServer

/// What every executor must do, on a Ray that runs.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: RayUnderTest.address != nil, "no Ray runs here; see scripts/ray.sh"))
struct RayConformanceTests {
    @Test(arguments: JobExecutorConformance.Case.allCases)
    func anExecutorOnRay(_ wanted: JobExecutorConformance.Case) async throws {
        try await withTemporaryDirectory { folder in
            try await JobExecutorConformance(executor: try RayUnderTest.executor, folder: folder).run(wanted)
        }
    }
}
