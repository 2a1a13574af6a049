/// Counts what is done of an upload and reports it.
final class CollectionProgressCount: Sendable {
    private struct State {
        var progress: CollectionUploadProgress
        /// How many files are still to be sent, by the item that they belong to.
        var open: [Int: Int] = [:]
    }

    private let state: LatestReport<State>

    init(total: Int, report: (@Sendable (CollectionUploadProgress) -> Void)?) {
        let progress = CollectionUploadProgress(
            finishedFileItemCount: 0, finishedUnitItemCount: 0, totalItemCount: total, uploadedByteCount: 0)
        state = LatestReport(
            State(progress: progress), report: report.map { report in { @Sendable in report($0.progress) } })
    }

    /// Begins a window of so many items: each file that is to be sent by the item it belongs to.
    func begin(itemsOfFiles items: [Int], of count: Int) {
        state.change { state in
            let files = items.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            state.open.merge(files) { $0 + $1 }
            state.progress.finishedFileItemCount += count - files.count
        }
    }

    func fileFinished(of item: Int, byteCount: Int64) {
        state.change { state in
            state.progress.uploadedByteCount += byteCount
            let left = (state.open[item] ?? 1) - 1
            state.open[item] = left == 0 ? nil : left
            if left == 0 { state.progress.finishedFileItemCount += 1 }
        }
    }

    func filesFinished(ofItems count: Int) { state.change { $0.progress.finishedFileItemCount += count } }

    func unitsFinished(_ count: Int) { state.change { $0.progress.finishedUnitItemCount += count } }
}
