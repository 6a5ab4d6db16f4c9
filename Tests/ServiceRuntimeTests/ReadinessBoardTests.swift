import Foundation
import ServiceRuntime
import Synchronization
import Testing

@Suite struct ReadinessBoardTests {
    @Test func `is ready only once everything was seen to work`() {
        let board = ReadinessBoard(dependencies: ["redis", "postgres"])
        #expect(!board.isReady)

        board.update("redis", .up)
        #expect(!board.isReady)

        board.update("postgres", .up)
        #expect(board.isReady)

        board.update("redis", .down, detail: "connection refused")
        #expect(!board.isReady)
    }

    @Test func `since tells when the status last changed, not when it was last reported`() throws {
        let clock = Mutex(Date(timeIntervalSince1970: 0))
        let board = ReadinessBoard(dependencies: ["redis"], now: { clock.withLock { $0 } })

        clock.withLock { $0 = Date(timeIntervalSince1970: 10) }
        #expect(board.update("redis", .up))
        clock.withLock { $0 = Date(timeIntervalSince1970: 20) }
        #expect(!board.update("redis", .up, detail: "7.0.15"))

        let state = try #require(board.snapshot().first)
        #expect(state.since == Date(timeIntervalSince1970: 10))
        #expect(state.detail == "7.0.15")
    }
}
