import NIOConcurrencyHelpers
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the connections share: uploads under way, and counters of what came.
final class SinkState: Sendable {
    struct Upload {
        let spool = Spool()
        var offset: Int64 = 0
        var total: Int64 = 0
        /// The MD5 that the client gave for all of it.
        var digest = ""
    }

    struct Counters {
        var requests = 0
        var bodyBytes: Int64 = 0
        /// Finished uploads and files of units whose bytes have the MD5 that the client gave, and others.
        ///
        /// A client that gives none names the file as the sink did: then only that it came is checked.
        var verified = 0
        var spoiled = 0
    }

    let latency: TimeAmount
    let taskCount: Int
    private let uploads = NIOLockedValueBox<[Int: Upload]>([:])
    private let files = NIOLockedValueBox<[(id: Int, content: FileContent)]>([])
    private let units = NIOLockedValueBox<[[UInt8]]>([])
    private let counters = NIOLockedValueBox(Counters())
    private let nextID = NIOLockedValueBox(1)

    init(latency: TimeAmount, taskCount: Int) {
        self.latency = latency
        self.taskCount = taskCount
    }

    func makeID() -> Int {
        nextID.withLockedValue { id in
            defer { id += 1 }
            return id
        }
    }

    func upload(_ id: Int) -> Upload {
        uploads.withLockedValue { uploads in
            let upload = uploads[id] ?? Upload()
            uploads[id] = upload
            return upload
        }
    }

    func keep(_ id: Int, _ upload: Upload) { uploads.withLockedValue { $0[id] = upload } }

    /// Keeps a file until its digest is wanted.
    ///
    /// - Returns: What stands for its digest until then.
    func keep(_ file: FileContent, _ id: Int) -> String {
        files.withLockedValue { $0.append((id, file)) }
        return Self.name(ofFile: id)
    }

    /// Keeps a body that makes units, whose checksums name files.
    func keep(units body: [UInt8]) { units.withLockedValue { $0.append(body) } }

    private static func name(ofFile id: Int) -> String { "sink-\(id)" }

    func note(bodyBytes: Int64) {
        counters.withLockedValue {
            $0.requests += 1
            $0.bodyBytes += bodyBytes
        }
    }

    /// The counters since the last call; the digests of finished uploads are computed now.
    func drain() -> Counters {
        var result = counters.withLockedValue { counters in
            defer { counters = Counters() }
            return counters
        }
        let finished = uploads.withLockedValue { uploads in
            defer { uploads = [:] }
            return uploads.values.filter { !$0.digest.isEmpty }
        }
        for upload in finished {
            if upload.spool.digest() == upload.digest { result.verified += 1 } else { result.spoiled += 1 }
        }
        let known = drainFiles()
        for checksum in drainChecksums() {
            if known.contains(checksum) { result.verified += 1 } else { result.spoiled += 1 }
        }
        return result
    }

    /// The digests of the files that were kept, and the names that were given in their place.
    private func drainFiles() -> Set<String> {
        let kept = files.withLockedValue { files in
            defer { files = [] }
            return files
        }
        var known: Set<String> = []
        for file in kept {
            known.formUnion([file.content.digest(), Self.name(ofFile: file.id)])
        }
        return known
    }

    /// The checksums by which units name their files.
    private func drainChecksums() -> [String] {
        let bodies = units.withLockedValue { units in
            defer { units = [] }
            return units
        }
        return bodies.flatMap { body in
            String(decoding: body, as: UTF8.self).split(separator: "\"checksum\"").dropFirst().compactMap { rest in
                rest.split(separator: "\"", maxSplits: 2).dropFirst().first.map(String.init)
            }
        }
    }
}

func fflushStandardOutput() {
    fflush(nil)
}
