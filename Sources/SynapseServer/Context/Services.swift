import GRDB
import Logging
import NIOPosix

/// What handlers share.
struct Services: Sendable {
    let configuration: BackendServerConfiguration
    let database: ServerDatabase
    let cache: ListCache
    let files: LocalFileStore
    let assembler: ChunkAssembler
    let authenticator: Authenticator
    let passwords: PasswordKeeper
    let tokens = TokenMaker()
    let signer: URLSigner
    let status: ServerStatus
    let watch: JobWatch
    /// What runs jobs; `nil` when this server runs none.
    let executor: (any JobExecutor)?
    let jobSignal = JobSignal()
    let executorHealth = ExecutorHealthMemory()

    /// What changes jobs from inside the server.
    var jobs: JobKeeper { JobKeeper(database: database, cache: cache, watch: watch) }

    var logger: Logger { configuration.logger }

    /// Removes content that was put in its place, unless a row has come to name it; also after a cancellation.
    ///
    /// The row is looked for because a failure may also come between a commit and its report.
    func removeUnlessNamed(_ name: String) async {
        await files.cleanUp { [database, files] in
            let isNamed = try? database.pool.read { db in try StoredFileRepository.isNamed(db, name) }
            if isNamed == false { files.remove(name) }
        }
    }
}
