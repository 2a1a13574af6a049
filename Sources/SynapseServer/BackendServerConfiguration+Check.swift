extension BackendServerConfiguration {
    /// Refuses numbers that no request could be answered with.
    ///
    /// - Throws: ``BackendServerError`` coded `invalid_argument` that names the setting.
    func check() throws(BackendServerError) {
        // Far above what a machine has, and far below where a sum of two of them or ten times one overflows.
        let bytes: ClosedRange<Int64> = 0...1 << 60
        let rows: ClosedRange<Int64> = 1...Int64(Int32.max)
        var settings: [(name: String, value: Int64, range: ClosedRange<Int64>)] = [
            ("limits.jsonByteCount", Int64(limits.jsonByteCount), bytes),
            ("limits.chunkByteCount", Int64(limits.chunkByteCount), bytes),
            ("limits.uploadByteCount", limits.uploadByteCount, bytes),
            ("limits.fileByteCount", limits.fileByteCount, bytes),
            ("limits.pageRowCount", Int64(limits.pageRowCount), rows),
            ("limits.pageByteCount", Int64(limits.pageByteCount), bytes),
            ("limits.batchRowCount", Int64(limits.batchRowCount), rows),
            ("limits.tailCount", Int64(limits.tailCount), 0...Int64.max),
            ("presigned.thresholdByteCount", presigned.thresholdByteCount, 0...Int64.max),
            ("presigned.partByteCount", presigned.partByteCount, 1...1 << 60),
            ("jobs.slotCount", Int64(jobs.slotCount), 1...Int64.max),
        ]
        if let memory = jobs.memoryByteCount { settings.append(("jobs.memoryByteCount", memory, 1...Int64.max)) }
        for setting in settings where !setting.range.contains(setting.value) {
            throw BackendServerError(
                code: .invalidArgument,
                message: "The setting \(setting.name) is \(setting.value); it has to be from "
                    + "\(setting.range.lowerBound) to \(setting.range.upperBound).")
        }
    }
}
