#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOPosix
import SynapseTestSupport
import Synchronization
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(1)))
struct PasswordKeeperTests {
    @Test func oneSourceLeavesRoomForAnother() async throws {
        try await withTemporaryDirectory { path in
            let directory = try DataDirectory(path: path)
            let threads = NIOThreadPool(numberOfThreads: 2)
            threads.start()
            let files = LocalFileStore(directory: directory, threads: threads)
            let keeper = PasswordKeeper(files: files, throttle: LoginThrottle())
            // Nobody's turn comes before the threads are free.
            let isFree = Mutex(false)
            for _ in 0..<2 {
                threads.submit { _ in
                    while !isFree.withLock({ $0 }) { usleep(1000) }
                }
            }
            await withTaskGroup(of: Bool.self) { group in
                for index in 0..<33 {
                    group.addTask { await Self.isRefused(keeper, user: "\(index)", source: "192.0.2.1") }
                }
                // The only ones that can end are those that do not get to wait.
                let first = await group.next()
                #expect(first == true)
                async let other = Self.isRefused(keeper, user: "ann", source: "192.0.2.2")
                isFree.withLock { $0 = true }
                let isOtherRefused = await other
                #expect(!isOtherRefused)
            }
            try await threads.shutdownGracefully()
        }
    }

    private static func isRefused(_ keeper: PasswordKeeper, user: String, source: String) async -> Bool {
        do {
            _ = try await keeper.matches("not the password", nil, user: user, source: source)
            return false
        } catch {
            return true
        }
    }
}
