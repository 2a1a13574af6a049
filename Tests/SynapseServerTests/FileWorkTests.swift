#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOPosix
import Synchronization
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(1)))
struct FileWorkTests {
    @Test func eachPartIsDoneInOrder() async throws {
        let seen = Mutex<[[Int]]>([[], []])
        var work = FileWork(threads: .singleton)
        for round in 0..<100 {
            try await work.begin((0..<2).map { part in { seen.withLock { $0[part].append(round) } } })
        }
        try await work.finish()
        #expect(seen.withLock { $0 } == [Array(0..<100), Array(0..<100)])
    }

    @Test func whatComesBehindAFailureInItsPartIsNotDone() async throws {
        struct Broken: Error {}
        let after = Mutex(0)
        var work = FileWork(threads: .singleton)
        try await work.begin([{ throw Broken() }, {}])
        try await work.begin([{ after.withLock { $0 += 1 } }, {}])
        await #expect(throws: Broken.self) { try await work.finish() }
        #expect(after.withLock { $0 } == 0)
    }

    @Test func finishWaitsForTheOtherPartsOfAFailure() async throws {
        struct Broken: Error {}
        let isDone = Mutex(false)
        var work = FileWork(threads: .singleton)
        try await work.begin([
            { throw Broken() },
            {
                usleep(300_000)
                isDone.withLock { $0 = true }
            },
        ])
        await #expect(throws: Broken.self) { try await work.finish() }
        #expect(isDone.withLock { $0 })
    }

    @Test func aThirdRoundWaitsForTheFirst() async throws {
        let ended = Mutex<[Int]>([])
        var work = FileWork(threads: .singleton)
        for round in 0..<4 {
            try await work.begin([
                {
                    usleep(50_000)
                    ended.withLock { $0.append(round) }
                }
            ])
            #expect(ended.withLock { $0.count } >= round - 1)
        }
        try await work.finish()
        #expect(ended.withLock { $0 } == [0, 1, 2, 3])
    }
}
