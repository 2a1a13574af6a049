import SynapseClient
import SynapseModels

/// The main job: images become data units, tasks, annotations and tags.
///
/// What is there already is left as it is.
struct DemoJob {
    static let taggedCount = 100
    private static let specification = "image"

    let client: BackendClient
    let pictures: DemoImages
    let log: DemoLog
    /// Where files are downloaded to while they are checked.
    let scratch: String

    func run() async throws -> DemoReport {
        var report = DemoReport()
        report.files = pictures.images.count + pictures.unusable.count
        report.unusable = pictures.unusable.count
        report.bytes = pictures.images.reduce(0) { $0 + $1.byteCount }
        log.say("images: \(pictures.images.count) files, \(ByteCount(report.bytes))")

        let (collection, project) = try await log.step("project and collection") {
            let collection = try await self.collection()
            let project = try await self.project(on: collection)
            return ("collection \(collection), project \(project)", (collection, project))
        }
        report.project = project
        let units = try await upload(to: collection, &report)
        let tasks = try await log.step("tasks") {
            let created = try await client.createTasks(project: project, dataUnits: units.map(\.id))
            return ("\(created.tasks.count) tasks", created.tasks)
        }
        try await annotate(
            tasks, labels: Dictionary(units.map { ($0.id, $0.label) }, uniquingKeysWith: { first, _ in first }))
        try await tag(tasks, in: project)
        try await DemoCheck(job: self, collection: collection, project: project).run(&report)
        return report
    }

    // MARK: Collection and project

    private func collection() async throws -> DataCollection.ID {
        for try await known in client.listAllDataCollections(ListQuery(search: pictures.title))
        where known.name == pictures.title {
            return known.id
        }
        let specification = FileSpecification(
            name: Self.specification, fileType: .image, isRequired: true, isPrimary: true,
            extensions: DemoImages.extensions)
        return try await client.createDataCollection(
            DataCollectionCreate(name: pictures.title, category: .image, fileSpecifications: [specification])
        ).id
    }

    private func project(on collection: DataCollection.ID) async throws -> Project.ID {
        for try await known in client.listAllProjects(ListQuery(search: pictures.title))
        where known.title == pictures.title && known.dataCollection?.id == collection {
            return known.id
        }
        let labels = Set(pictures.images.map(\.label)).sorted()
        return try await client.createProject(
            ProjectCreate(
                title: pictures.title, category: .image, dataCollection: collection,
                configuration: ["classification": ["label": .array(labels.map { .string($0) })]])
        ).id
    }

    // MARK: Units

    private func upload(
        to collection: DataCollection.ID, _ report: inout DemoReport
    ) async throws -> [(id: DataUnit.ID, label: String)] {
        let items = pictures.images.map { image in
            OrganizedFile(files: [Self.specification: image.path], meta: ["label": .string(image.label)])
        }
        let progress = Progress("upload", total: Int64(items.count), unit: .items)
        let uploaded = try await log.step("upload") {
            // Who starts a demo sees it end: a backend that is gone is not waited for.
            let options = CollectionUploadOptions(outageTolerance: .zero)
            var uploaded = CollectionUploadResult(items: [])
            _ = try await client.uploadDataCollection(
                collection, from: items, options: options,
                onProgress: { progress.set(Int64($0.finishedFileItemCount)) },
                onItem: { uploaded.items.append($0.item) })
            progress.finish()
            return ("\(uploaded.sentFileCount) files sent, \(uploaded.existingFileCount) there already", uploaded)
        }
        report.uploaded = uploaded.sentFileCount
        report.alreadyThere = uploaded.existingFileCount
        for (image, item) in zip(pictures.images, uploaded.items) {
            guard let error = item.error else { continue }
            // A backend that is gone ends the demo; a bad file only costs itself.
            if CommandFailure(error).exit != .failed { throw error }
            report.failed.append((image.path, error))
        }
        // Images of the same content are one unit, under the label that came first.
        var seen: Set<DataUnit.ID> = []
        return zip(uploaded.items, pictures.images).compactMap { item, image in
            guard let unit = item.dataUnit, seen.insert(unit).inserted else { return nil }
            return (unit, image.label)
        }
    }

    // MARK: Tasks

    private func annotate(_ tasks: [AnnotationTask], labels: [DataUnit.ID: String]) async throws {
        try await log.step("annotate") {
            // A label that changed since the last run, with the name of its folder, is handed in anew.
            let open = tasks.filter { task in
                let label = task.dataUnit.flatMap { labels[$0.id] }
                return task.data?.value != label.map(Self.annotation)
            }
            let progress = Progress("annotate", total: Int64(open.count), unit: .items)
            _ = try await mapConcurrently(open, limit: 16) { _, task in
                guard let label = task.dataUnit.flatMap({ labels[$0.id] }) else { return }
                try await client.annotateTaskData(task.id, data: Self.annotation(label))
                progress.advance()
            }
            if !open.isEmpty { progress.finish() }
            return ("\(open.count) labels handed in, \(tasks.count - open.count) there already", ())
        }
    }

    private func tag(_ tasks: [AnnotationTask], in project: Project.ID) async throws {
        try await log.step("tag") {
            let tag = try await reviewedTag(of: project)
            let chosen = tasks.map(\.id).sorted().prefix(Self.taggedCount)
            try await client.setTagsTasks(Array(chosen), tags: [tag])
            return ("\(chosen.count) tasks tagged 'reviewed'", ())
        }
    }

    /// The tag that the demo puts on; made when it is not there.
    func reviewedTag(of project: Project.ID) async throws -> TaskTag.ID {
        for try await known in client.listAllTaskTags(project: project) where known.name == "reviewed" {
            return known.id
        }
        return try await client.createTaskTag(TaskTagCreate(project: project, name: "reviewed")).id
    }

    /// The annotation data that carries a label.
    static func annotation(_ label: String) -> JSONValue {
        ["label": .string(label)]
    }
}
