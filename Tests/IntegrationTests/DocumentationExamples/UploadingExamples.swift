import SynapseClient

enum UploadingExamples {
    static func file(_ client: BackendClient, _ path: String) async throws -> DataFile {
        try await client.createDataFile(path) { progress in
            print("\(progress.acknowledgedByteCount) of \(progress.totalByteCount) bytes")
        }
    }

    static func chunked(_ client: BackendClient, _ path: String) async throws -> DataFile {
        let uploaded = try await client.createChunkedUpload(path)
        return try await client.createDataFile(from: uploaded)
    }

    static func collection(
        _ client: BackendClient, _ pictures: [String], _ collection: DataCollection.ID, _ project: Project.ID
    ) async throws -> CollectionUploadResult {
        let items = pictures.map { OrganizedFile(files: ["image": $0], meta: ["source": "phone"]) }
        let result = try await client.uploadDataCollection(collection, items: items, projectID: project)
        for index in result.failedIndices {
            print(pictures[index], result.items[index].error?.message ?? "")
        }
        return result
    }

    static func streamed(
        _ client: BackendClient, _ items: [OrganizedFile], _ collection: DataCollection.ID, _ project: Project.ID
    ) async throws -> Int {
        let options = CollectionUploadOptions(projectID: project, outageTolerance: .seconds(60))
        let summary = try await client.uploadDataCollection(collection, from: items, options: options) { outcome in
            for file in outcome.files where file.state == .failed {
                print(file.path, file.error?.code.rawValue ?? "")
            }
        }
        return summary.uploadedFileCount
    }

    static func known(_ client: BackendClient, _ checksums: [String]) async throws -> [String] {
        let existing = try await client.verifyDataFilesChecksums(checksums)
        return checksums.filter { !existing.contains($0) }
    }

    static func download(_ client: BackendClient, _ unit: DataUnit, _ folder: String) async throws {
        guard let image = unit.files?["image"] else { return }
        let fetched = try await client.downloadFile(from: image, to: "\(folder)/image.png")
        print(fetched.byteCount, fetched.checksum)
    }

    static func goOn(_ client: BackendClient, _ path: String) async throws -> DataFile {
        try await client.createDataFile(path) { progress in
            print("\(progress.acknowledgedByteCount) of \(progress.totalByteCount) bytes")
        } onNotice: { notice in
            print(notice.message)
        }
    }

    static func patience(_ configuration: inout ClientConfiguration) {
        configuration.checkpoints = .folder("/var/lib/importer/uploads")
        configuration.retry.uploadPatience = .seconds(600)
    }
}
