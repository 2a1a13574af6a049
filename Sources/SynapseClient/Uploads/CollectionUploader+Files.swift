import SynapseModels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

// The files of a window: hashing, asking, sending.
extension CollectionUploader {
    /// Files of one window that are hashed at once.
    private static let hashConcurrency = 4

    @concurrent
    func uploadFiles(_ window: [Work], _ progress: CollectionProgressCount) async throws -> [Work] {
        var works = try await mapConcurrently(window, limit: Self.hashConcurrency) { _, work in try await hash(work) }
        try await send(&works, progress)
        return works
    }

    @concurrent
    private func hash(_ work: Work) async throws -> Work {
        var work = work
        work.files = work.item.files.sorted { $0.key < $1.key }.map { LocalFile(specification: $0.key, path: $0.value) }
        if let refusal = outage.refusal {
            work.fail(refusal)
            return work
        }
        if work.files.isEmpty { work.fail(ClientError(.invalidArgument, "the item has no file")) }
        for index in work.files.indices {
            do {
                try hash(&work.files[index])
            } catch let error as ClientError {
                work.files[index].error = error
                work.fail(error)
            }
        }
        return work
    }

    private func hash(_ file: inout LocalFile) throws {
        if let known = options.knownDigest, let identity = FileSource.Identity(path: file.path),
            let checksum = known(file.path, identity)
        {
            file.hashed = HashedFile(path: file.path, identity: identity, checksum: checksum, isInspected: false)
            file.isSettled = true
            return
        }
        let source = try FileSource(path: file.path)
        // A write in the same tick of the file system's clock would leave no trace.
        file.isSettled = source.identity.modifiedSeconds < Int64(time(nil)) - 1
        let contents = source.byteCount <= FileSource.smallByteCount ? try source.contents() : nil
        try client.configuration.contentGuard.check(source, contents: contents)
        let checksum = try contents.map(FileSource.md5(of:)) ?? source.md5()
        file.hashed = HashedFile(
            path: file.path, identity: source.identity, checksum: checksum, isInspected: true)
    }

    /// Sends each content once that the server does not have, whichever item of the window it belongs to.
    private func send(_ works: inout [Work], _ progress: CollectionProgressCount) async throws {
        var firstHolder: [String: (item: Int, file: HashedFile)] = [:]
        var checksums: [String] = []
        for work in works where work.outcome.error == nil {
            for file in work.files {
                guard let hashed = file.hashed, firstHolder[hashed.checksum] == nil else { continue }
                firstHolder[hashed.checksum] = (work.index, hashed)
                checksums.append(hashed.checksum)
            }
        }
        guard !checksums.isEmpty else { return progress.filesFinished(ofItems: works.count) }
        let asked = checksums
        let existing: Set<String>
        switch try await outage.persistently({ try await client.verifyDataFilesChecksums(asked) }) {
        case .success(let answer): existing = answer
        case .failure(let error):
            // Without the answer everything would be sent again: that is slow, not wrong. But a server that cannot
            // answer a question will not take files either.
            for index in works.indices { works[index].fail(error) }
            return progress.filesFinished(ofItems: works.count)
        }
        let missing = checksums.filter { !existing.contains($0) }.compactMap { firstHolder[$0] }
        var failures: [String: ClientError] = [:]
        if options.isDryRun {
            progress.filesFinished(ofItems: works.count)
        } else {
            progress.begin(itemsOfFiles: missing.map(\.item), of: works.count)
            let results = try await mapConcurrently(missing, limit: options.maximumConcurrency) { _, holder in
                let failure = try await upload(holder.file)
                progress.fileFinished(of: holder.item, byteCount: failure == nil ? holder.file.byteCount : 0)
                return failure
            }
            for (holder, failure) in zip(missing, results) { failures[holder.file.checksum] = failure }
        }
        record(&works, existing: existing, failures: failures)
    }

    private func record(_ works: inout [Work], existing: Set<String>, failures: [String: ClientError]) {
        var counted: Set<String> = []
        for index in works.indices where works[index].outcome.error == nil {
            for place in works[index].files.indices {
                guard let hashed = works[index].files[place].hashed else { continue }
                if let error = failures[hashed.checksum] {
                    works[index].files[place].error = error
                    works[index].fail(error)
                } else if existing.contains(hashed.checksum) {
                    works[index].files[place].state = .alreadyThere
                    works[index].outcome.existingFileCount += 1
                } else if counted.insert(hashed.checksum).inserted {
                    works[index].files[place].state = options.isDryRun ? .planned : .uploaded
                    works[index].outcome.uploadedFileCount += 1
                    works[index].outcome.uploadedByteCount += hashed.byteCount
                } else {
                    works[index].files[place].state = .alreadyThere
                    works[index].outcome.existingFileCount += 1
                }
            }
        }
    }

    /// - Returns: The failure, or `nil`.
    private func upload(_ file: HashedFile) async throws -> ClientError? {
        if let refusal = outage.refusal { return refusal }
        return try await slots.withSlot { slot in
            var isRepeat = false
            let result = try await outage.persistently {
                // A lost answer may stand for a file that arrived; the content has a name to ask by.
                if isRepeat, try await client.verifyDataFilesChecksums([file.checksum]).contains(file.checksum) {
                    return
                }
                isRepeat = true
                try await client.createDataFile(of: file) { slot.refused(retryAfter: $0.context.retryAfter) }
                slot.succeeded()
            }
            if case .failure(let error) = result { return error }
            return nil
        }
    }
}
