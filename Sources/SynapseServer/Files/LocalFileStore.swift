import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Content on the local disk, under names that the server makes.
///
/// The order of steps keeps rows and bytes together: bytes are complete and on the disk under their final name before
/// a row may name them. A name that no row holds is removed by the next start-up sweep.
struct LocalFileStore: Sendable {
    let directory: DataDirectory
    let threads: NIOThreadPool
    private let folders = DurableFolders()

    init(directory: DataDirectory, threads: NIOThreadPool) {
        self.directory = directory
        self.threads = threads
    }

    /// A new name: 128 random bits, so a path gives away nothing about content or tenants.
    static func makeName() -> String { Hexadecimal.random(byteCount: 16) }

    /// Whether a name is of the form that content has.
    static func isName(_ text: some StringProtocol) -> Bool { Hexadecimal.isText(text, digitCount: 32) }

    /// Whether a name is of the form that folders of content have.
    static func isFolderName(_ text: some StringProtocol) -> Bool { Hexadecimal.isText(text, digitCount: 2) }

    /// Whether a name is of the form that files have while they are received.
    static func isTemporaryName(_ text: String) -> Bool { text.hasSuffix(".tmp") && isName(text.dropLast(4)) }

    func makeIncomingFile(passesCache: Bool = true) -> IncomingFile {
        IncomingFile(path: directory.uploads + "/" + Self.makeName() + ".tmp", passesCache: passesCache)
    }

    func path(of name: String) -> String { "\(folder(of: name))/\(name)" }

    private func folder(of name: String) -> String { "\(directory.files)/\(name.prefix(2))" }

    func uploadPath(_ id: String) -> String { "\(directory.uploads)/\(id).part" }

    /// Runs blocking work on the file threads.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await threads.runIfActive(work)
    }

    /// Runs blocking work that must be done although the task may have been cancelled; waits for its end.
    func cleanUp(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            threads.submit { _ in
                work()
                continuation.resume()
            }
        }
    }

    /// Moves a complete file to its final name; blocks.
    func adopt(_ temporaryPath: String, as name: String) throws {
        let folder = try makeFolder(of: name)
        try FileSystem.rename(temporaryPath, to: path(of: name))
        try FileSystem.synchronizeDirectory(folder)
    }

    /// Gives a complete file its final name beside the one that it has; blocks.
    func link(_ existingPath: String, as name: String) throws {
        let folder = try makeFolder(of: name)
        try FileSystem.link(existingPath, to: path(of: name))
        try FileSystem.synchronizeDirectory(folder)
    }

    private func makeFolder(of name: String) throws -> String {
        let folder = folder(of: name)
        try folders.make(folder, in: directory.files)
        return folder
    }

    /// Removes content that no row names; blocks.
    func remove(_ name: String) {
        try? FileSystem.remove(path(of: name))
    }

    /// Whether content is there with all its bytes; blocks, and throws when it cannot be told.
    func isWhole(_ name: String, byteCount: Int64) throws(SystemError) -> Bool {
        try FileSystem.byteCount(of: path(of: name)) == byteCount
    }

    func open(_ name: String) throws -> OpenFile {
        try OpenFile(path: path(of: name), mode: .reading)
    }
}

/// Makes folders, and remembers those whose names are on the disk for certain.
///
/// That a folder is there does not say so: another thread may have made it and not have synced its name yet.
private final class DurableFolders: Sendable {
    private let known = Mutex<Set<String>>([])

    func make(_ folder: String, in parent: String) throws(SystemError) {
        if known.withLock({ $0.contains(folder) }), FileSystem.exists(folder) { return }
        try FileSystem.makeDirectory(parent)
        try FileSystem.makeDirectory(folder)
        try FileSystem.synchronizeDirectory(parent)
        known.withLock { _ = $0.insert(folder) }
    }
}
