import SynapseModels

// The units and tasks of a window whose files are on the server. Both have natural keys, the files in the collection and
// the unit in the project, so that a request whose outcome is not known may be made again.
extension CollectionUploader {
    @concurrent
    func makeUnits(_ works: inout [Work]) async throws {
        var open = [works.indices.filter { works[$0].outcome.error == nil }]
        while let indices = open.popLast() {
            guard !indices.isEmpty else { continue }
            let units = indices.map { index in
                DataUnitCreate(
                    dataCollection: collection,
                    files: works[index].files.reduce(into: [:]) { files, file in
                        files[file.specification] = .init(checksum: file.hashed?.checksum ?? "", path: file.path)
                    },
                    meta: works[index].item.meta ?? .object([:]), groups: works[index].item.groups
                )
            }
            switch try await outage.persistently({ try await client.createBatch(units) }) {
            case .success(let created):
                for (index, unit) in zip(indices, created) {
                    works[index].outcome.dataUnit = unit.id
                    guard let given = works[index].item.meta, let kept = unit.meta?.value else { continue }
                    works[index].outcome.keepsOtherNotes = kept != given
                }
            case .failure(let error):
                open += narrow(error, indices, &works)
            }
        }
    }

    /// A batch is taken or refused as a whole.
    ///
    /// Finds the items that spoil it: by the field errors where these carry numbers, else by halves.
    private func narrow(_ error: ClientError, _ indices: [Int], _ works: inout [Work]) -> [[Int]] {
        guard error.code == .validationFailed, indices.count > 1 else {
            for index in indices { works[index].fail(error) }
            return []
        }
        let places = Set(error.context.fieldErrors.compactMap { Self.place($0.path) })
            .filter { indices.indices.contains($0) }
        guard places.isEmpty else {
            for place in places { works[indices[place]].fail(error) }
            return [indices.enumerated().filter { !places.contains($0.offset) }.map(\.element)]
        }
        let middle = indices.count / 2
        return [Array(indices[middle...]), Array(indices[..<middle])]
    }

    /// The number in a path such as `[3].files`.
    private static func place(_ path: String) -> Int? {
        guard path.hasPrefix("["), let end = path.firstIndex(of: "]") else { return nil }
        return Int(path[path.index(after: path.startIndex)..<end])
    }

    @concurrent
    func makeTasks(_ works: inout [Work]) async throws {
        guard let project = options.projectID else { return }
        let indices = works.indices.filter { works[$0].outcome.dataUnit != nil }
        guard !indices.isEmpty else { return }
        let units = indices.compactMap { works[$0].outcome.dataUnit }
        switch try await outage.persistently({ try await client.createTasks(project: project, dataUnits: units) }) {
        case .success(let created):
            guard created.tasks.count == indices.count else { return }
            for (index, task) in zip(indices, created.tasks) { works[index].outcome.task = task.id }
        case .failure(let error):
            for index in indices { works[index].fail(error) }
        }
    }
}
