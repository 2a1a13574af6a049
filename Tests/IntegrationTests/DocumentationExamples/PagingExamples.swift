import SynapseClient
import Synchronization

enum PagingExamples {
    static func all(_ client: BackendClient, _ project: Project.ID) async throws -> Int {
        let tasks = client.listAllTasks(TaskQuery(project: project))
        var labelled = 0
        for try await task in tasks where task.data != nil {
            labelled += 1
        }
        print("\(labelled) of \(try await tasks.count ?? 0)")
        return labelled
    }

    static func onePage(_ client: BackendClient) async throws -> [AnnotationTask] {
        let page = try await client.listTasks(TaskQuery(list: ListQuery(page: 2, pageSize: 50, ordering: "-id")))
        return page.results
    }

    static func pages(_ client: BackendClient, _ project: Project.ID) async throws {
        try await client.listAllTasks(TaskQuery(project: project)).forEachPage { number, tasks in
            print("page \(number): \(tasks.count) tasks")
        }
    }

    static func goOn(_ client: BackendClient, _ project: Project.ID, from page: Int) async throws -> Int? {
        var query = TaskQuery(project: project)
        query.list.page = page
        do {
            for try await task in client.listAllTasks(query) {
                print(task.id)
            }
            return nil
        } catch let error as ClientError {
            return error.context.page
        }
    }

    static func losses(_ client: BackendClient) async throws -> Int {
        let lost = Mutex(0)
        let options = PageOptions { loss in
            lost.withLock { $0 += 1 }
            print(loss)
        }
        for try await task in client.listAllTasks(options: options) {
            print(task.id)
        }
        return lost.withLock { $0 }
    }

    static func convert(_ client: BackendClient, _ folder: String) async throws {
        let moved = URLConversion.map { $0.replacing("http://storage", with: "https://cdn.example.com") }
        let fetched = URLConversion.download(cache: FileCache(directory: folder))
        for try await unit in client.listAllDataUnits(urlConversion: moved) {
            print(unit.files?.primary?.url ?? "no file")
        }
        for try await unit in client.listAllDataUnits(urlConversion: fetched) {
            print(unit.files?.primary?.row?["path"]?.value.stringValue ?? "no file")
        }
    }
}
