import ArgumentParser
import SynapseClient

/// How a large file goes up in chunks.
struct TransferOptions: ParsableArguments {
    @Option(name: .long, help: "Bytes of one chunk, such as 8MiB; 50 MiB unless given. Larger files go in chunks.")
    var chunkSize: ByteSize?

    @Option(
        name: .long, help: "Seconds without any progress after which an upload in chunks is given up; 180 unless given."
    )
    var patience: Double?

    func validate() throws {
        if let patience, !(patience >= 0 && patience <= 604_800) {
            throw ValidationError("--patience is 0 to 604800 seconds, not \(patience)")
        }
    }

    /// Puts what was given into the settings.
    func apply(to configuration: inout ClientConfiguration) {
        if let chunkSize { configuration.limits.chunkByteCount = chunkSize.byteCount }
        if let patience { configuration.retry.uploadPatience = .seconds(patience) }
    }
}

/// A number of bytes as people write it: `8MiB`, `500kB`, `1048576`.
struct ByteSize: ExpressibleByArgument {
    private static let units: [(String, Int64)] = [
        ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1000), ("mb", 1_000_000), ("gb", 1_000_000_000),
        ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("b", 1), ("", 1),
    ]

    let byteCount: Int64

    init?(argument: String) {
        let text = argument.lowercased()
        guard let (suffix, unit) = Self.units.first(where: { text.hasSuffix($0.0) }),
            let count = Int64(text.dropLast(suffix.count)), count > 0
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        byteCount = bytes
    }
}
