import Crypto
import SynapseClient
import SynapseModels

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads back what the demo made, through paging and downloads, and compares it with the images on disk.
struct DemoCheck {
    let job: DemoJob
    let collection: DataCollection.ID
    let project: Project.ID

    func run(_ report: inout DemoReport) async throws {
        // What must come back: each content once, with its label.
        var labels: [String: String] = [:]
        let failed = Set(report.failed.map(\.path))
        for image in job.pictures.images where !failed.contains(image.path) {
            let digest = try Self.digest(of: image.path)
            if let known = labels[digest], known != image.label {
                job.log.say("the same picture stands under '\(known)' and '\(image.label)': \(known) counts")
            }
            if labels[digest] == nil { labels[digest] = image.label }
        }

        let units = try await job.log.step("read units") {
            var units: [DataUnit] = []
            for try await unit in job.client.listAllDataUnits(DataUnitQuery(dataCollection: collection)) {
                // Units of images that are no longer in the folder are not this run's.
                if let digest = unit.files?.primary?.checksum, labels[digest] != nil { units.append(unit) }
            }
            return ("\(units.count) units", units)
        }
        let tasks = try await job.log.step("read tasks") {
            var tasks: [AnnotationTask] = []
            let query = TaskQuery(project: project, list: ListQuery(expand: ["data_unit"]))
            for try await task in job.client.listAllTasks(query) {
                if let digest = Self.digest(of: task), labels[digest] != nil { tasks.append(task) }
            }
            return ("\(tasks.count) tasks", tasks)
        }
        let tag = try await job.reviewedTag(of: project)
        var tagged: Set<AnnotationTask.ID> = []
        for try await task in job.client.listAllTasks(TaskQuery(project: project, tags: [tag])) {
            tagged.insert(task.id)
        }
        let downloaded = try await download(units)

        report.units = units.count
        report.tasks = tasks.count
        report.annotated = tasks.count { $0.data != nil }
        report.tagged = tasks.count { tagged.contains($0.id) }
        report.downloaded = downloaded.count
        report.checks.counts =
            units.count == labels.count && tasks.count == labels.count
            && report.tagged >= min(DemoJob.taggedCount, labels.count)
        report.checks.digests =
            downloaded.count == labels.count && Set(downloaded) == Set(labels.keys)
        report.checks.labels =
            !tasks.isEmpty
            && tasks.allSatisfy { task in
                guard let digest = Self.digest(of: task), let label = labels[digest] else { return false }
                return task.data?.value == DemoJob.annotation(label)
            }
    }

    /// The MD5 digests of the units' files as they come over the wire, in the order of the units.
    private func download(_ units: [DataUnit]) async throws -> [String] {
        let folder = "\(job.scratch)/download"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = units.compactMap { unit in
            unit.files?.primary.map { (file: $0, path: "\(folder)/\(unit.id)") }
        }
        return try await job.log.step("download") {
            let results = try await job.client.downloadFiles(files, maximumConcurrency: 16)
            var digests: [String] = []
            for (file, result) in zip(files, results) {
                switch result {
                case .success(let downloaded): digests.append(downloaded.checksum)
                case .failure(let error):
                    // A backend that is gone ends the demo; one file that does not come back fails the check.
                    if CommandFailure(error).exit == .unreachable { throw error }
                    let name = file.file.fileNameOriginal ?? file.path
                    Terminal.say("not downloaded: \(Terminal.printable(name)): \(error)")
                }
            }
            return ("\(digests.count) files, each compared by MD5", digests)
        }
    }

    private static func digest(of task: AnnotationTask) -> String? {
        task.dataUnit?.object?.files?.primary?.checksum
    }

    private static func digest(of path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("the image \(path) can't be read")
        }
        return Hexadecimal.text(Insecure.MD5.hash(data: data))
    }
}
