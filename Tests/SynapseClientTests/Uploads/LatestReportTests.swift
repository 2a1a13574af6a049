import Foundation
import SynapseClient
import SynapseTestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LatestReportTests {
    @Test
    func `Values are handed on in order, and the last one always`() async {
        let seen = Shared<[Int]>([])
        let report = LatestReport(0) { value in
            // A call that takes its time lets others overtake it, if they can.
            if value % 3 == 0 { Thread.sleep(forTimeInterval: 0.000_1) }
            seen.change { $0.append(value) }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<500 { report.change { $0 += 1 } } }
            }
        }
        #expect(seen.value.last == 4000)
        #expect(seen.value == Set(seen.value).sorted())
    }
}
