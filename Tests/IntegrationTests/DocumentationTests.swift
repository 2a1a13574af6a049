import Foundation
import SynapseClient
import SynapseModels
import SynapseServer
import SynapseTestSupport
import Testing

/// The articles and the comments show Swift that is compiled, and that does what the text says.
@Suite(.timeLimit(.minutes(1)))
struct DocumentationTests {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    static func files(below folder: String, suffix: String) throws -> [URL] {
        let root = package.appending(path: folder)
        return try FileManager.default.subpathsOfDirectory(atPath: root.path()).sorted()
            .filter { $0.hasSuffix(suffix) }.map { root.appending(path: $0) }
    }

    /// The Swift blocks of a text, the indentation of each taken away.
    static func blocks(_ text: String) -> [String] {
        var blocks: [String] = []
        var block: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let content = line.drop { $0 == " " }
            if content.hasPrefix("```") {
                if let lines = block { blocks.append(withoutIndentation(lines)) }
                block = block == nil && content == "```swift" ? [] : nil
            } else {
                block?.append(line)
            }
        }
        return blocks
    }

    static func withoutIndentation(_ lines: [Substring]) -> String {
        let depth = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.map { $0.dropFirst(depth) }.joined(separator: "\n")
    }

    /// Whether a block stands in a file, at any depth of indentation.
    static func holds(_ file: String, _ block: String) -> Bool {
        (0...4).contains { depth in
            let indentation = String(repeating: "    ", count: depth)
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.isEmpty ? "" : indentation + $0
            }
            return file.contains("\n" + lines.joined(separator: "\n") + "\n")
        }
    }

    @Test
    func `Every Swift block of the articles and of the comments is compiled`() throws {
        let examples = try Self.files(below: "Tests/IntegrationTests/DocumentationExamples", suffix: ".swift").map {
            try String(contentsOf: $0, encoding: .utf8)
        }
        var count = 0
        for source in try Self.files(below: "Sources", suffix: ".md") + Self.files(below: "Sources", suffix: ".swift") {
            var text = try String(contentsOf: source, encoding: .utf8)
            if source.pathExtension == "swift" {
                text = text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("///") }
                    .map { $0.dropFirst($0.hasPrefix("/// ") ? 4 : 3) }.joined(separator: "\n")
            }
            for block in Self.blocks(text) {
                count += 1
                #expect(
                    examples.contains { Self.holds($0, block) },
                    "\(source.lastPathComponent) shows what no file of DocumentationExamples compiles:\n\(block)")
            }
        }
        // Far fewer mean that the search found nothing, not that there is nothing.
        #expect(count >= 25)
    }

    @Test
    func `The examples of projects, tasks, pages and errors run`() async throws {
        try await withWorld { world in
            let client = world.client
            let project = try await GettingStartedExamples.firstProject(client)
            GettingStartedExamples.unknownFields(project)
            let pictures = try world.files(3)
            let collection = try #require(project.dataCollection?.id)
            let uploaded = try await UploadingExamples.collection(client, pictures, collection, project.id)
            #expect(uploaded.failedIndices.isEmpty)
            let items = pictures.map { OrganizedFile(files: ["image": $0]) }
            #expect(try await UploadingExamples.streamed(client, items, collection, project.id) == 0)
            try await GettingStartedExamples.annotate(client, project.id)
            #expect(try await PagingExamples.all(client, project.id) == 3)
            try await PagingExamples.pages(client, project.id)
            #expect(try await PagingExamples.goOn(client, project.id, from: 1) == nil)
            #expect(try await PagingExamples.losses(client) == 0)
            try await PagingExamples.convert(client, world.folder + "/cache")
            let error = await #expect(throws: ClientError.self) { _ = try await PagingExamples.onePage(client) }
            #expect(error?.code == .notFound)

            #expect(try await ErrorExamples.byCode(client) == nil)
            #expect(try await ErrorExamples.facts(client).contains { $0.hasPrefix("title: ") })
            let found = try await ErrorExamples.unknownOutcome(client, ProjectCreate(title: "once", category: .image))
            #expect(found?.title == "once")
        }
    }

    @Test
    func `The examples of uploads and of moving from Python run`() async throws {
        try await withWorld { world in
            let client = world.client
            var configuration = client.configuration
            ContentGuardExamples.allowing(&configuration)
            #expect(configuration.contentGuard.allowedFiles == ["data/page.html"])
            let path = try world.files(1, byteCount: 1000)[0]
            let file = try await UploadingExamples.file(client, path)
            #expect(try await UploadingExamples.chunked(client, path).checksum == file.checksum)
            #expect(try await UploadingExamples.goOn(client, path).id == file.id)
            UploadingExamples.patience(&configuration)
            #expect(configuration.retry.uploadPatience == .seconds(600))
            let absent = String(repeating: "0", count: 32)
            #expect(try await UploadingExamples.known(client, [file.checksum, absent]) == [absent])
            let unit = try await client.createDataUnits([
                DataUnitCreate(
                    dataCollection: world.collection,
                    files: ["file": DataUnitCreate.File(checksum: file.checksum, path: path)])
            ])[0]
            try await UploadingExamples.download(client, unit, world.folder)

            let tag = try await client.createTaskTag(TaskTagCreate(project: world.project, name: "good")).id
            try await PythonExamples.create(client, world.project, [unit.id], tag)
            let tagged = try await client.listTasks(TaskQuery(project: world.project, tags: [tag]))
            let task = try #require(tagged.results.first)
            try await PythonExamples.expand(client, task.id)
            try await PythonExamples.annotate(client, task.id)
            #expect(try await client.getTask(task.id).data?.value["annotations"]?[0]?["type"] == "bbox")
            try await PythonExamples.list(client)
            try await PythonExamples.fail(client)
            try await CommentExamples.pages(client)
            try await PythonExamples.constructor().shutdown()
        }
    }

    @Test
    func `The examples of the server run`() async throws {
        try await withTemporaryDirectory { folder in
            let count = try await ServerExamples.embed(folder)
            #expect(count == 1)
            var configuration = ServerExamples.configure(folder)
            ServerExamples.jobs(&configuration)
            ServerExamples.cluster(&configuration)
            #expect(configuration.jobs.slotCount == 4 && configuration.jobs.ray != nil)
            #expect(configuration.limits.fileByteCount == 1 << 30)
        }
        try await withEmbeddedBackend { backend in
            let token = try await ServerExamples.tenants(backend.server)
            #expect(token.hasPrefix("syn_"))
        }
        #expect(CommentExamples.writer("n") == Array(#"{"id":3,"name":"n"}"#.utf8))
        #expect(GettingStartedExamples.configure().retry.attempts == 6)
    }
}
