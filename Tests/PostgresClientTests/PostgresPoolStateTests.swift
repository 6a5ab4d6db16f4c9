import ServiceRuntime
import Testing

@testable import PostgresClient

@Suite struct PostgresPoolStateTests {
    private let now = ContinuousClock.now
    private var state = PostgresPoolState<Int, String>(
        maximum: 2,
        backoff: Backoff(initial: .seconds(1), maximum: .seconds(8), multiplier: 2, jitter: 0)
    )

    @Test mutating func `opens up to the maximum, then makes callers wait`() {
        #expect(state.acquire(now: now)?.isOpen == true)
        #expect(state.acquire(now: now)?.isOpen == true)
        #expect(state.acquire(now: now) == nil)
        #expect(state.open == 2)
    }

    @Test mutating func `serves waiters in the order they came`() {
        _ = state.acquire(now: now)
        _ = state.acquire(now: now)
        state.enqueue("first", id: 1)
        state.enqueue("second", id: 2)

        let one = state.release(10)
        let two = state.release(20)

        #expect(one?.waiter == "first")
        #expect(one?.grant.connection == 10)
        #expect(two?.waiter == "second")
        #expect(state.idleCount == 0)
    }

    @Test mutating func `a waiter whose time is over is not served`() {
        _ = state.acquire(now: now)
        _ = state.acquire(now: now)
        state.enqueue("first", id: 1)

        #expect(state.forget(id: 1) == "first")
        #expect(state.forget(id: 1) == nil)
        #expect(state.release(10) == nil)
        #expect(state.idleCount == 1)
    }

    @Test mutating func `a waiter may open in the place of a broken connection`() {
        _ = state.acquire(now: now)
        _ = state.acquire(now: now)
        state.enqueue("first", id: 1)

        let next = state.discarded()

        #expect(next?.waiter == "first")
        #expect(next?.grant.isOpen == true)
        #expect(state.open == 2)
    }

    @Test mutating func `refuses at once after a failed connect, longer each time, and forgets on success`() {
        _ = state.acquire(now: now)
        _ = state.failedToOpen(now: now, random: 0)
        #expect(state.acquire(now: now + .milliseconds(999))?.isRefusal == true)
        #expect(state.acquire(now: now + .seconds(1))?.isOpen == true)

        _ = state.failedToOpen(now: now + .seconds(1), random: 0)
        #expect(state.acquire(now: now + .milliseconds(2999))?.isRefusal == true)
        #expect(state.acquire(now: now + .seconds(3))?.isOpen == true)

        state.opened()
        #expect(!state.isUnreachable)
        #expect(state.acquire(now: now + .seconds(3))?.isOpen == true)
    }

    @Test mutating func `a failed connect turns the waiters away`() {
        _ = state.acquire(now: now)
        _ = state.acquire(now: now)
        state.enqueue("first", id: 1)

        #expect(state.failedToOpen(now: now, random: 0) == ["first"])
        #expect(state.open == 1)
    }

    @Test mutating func `a closed pool gives nothing and returns what is idle`() {
        _ = state.acquire(now: now)
        _ = state.release(10)

        let (idle, waiters) = state.close()

        #expect(idle == [10])
        #expect(waiters.isEmpty)
        #expect(state.acquire(now: now)?.isClosed == true)
    }
}

extension PostgresPoolGrant {
    fileprivate var connection: Connection? { if case .take(let connection) = self { connection } else { nil } }
    fileprivate var isOpen: Bool { if case .open = self { true } else { false } }
    fileprivate var isRefusal: Bool { if case .refuse = self { true } else { false } }
    fileprivate var isClosed: Bool { if case .closed = self { true } else { false } }
}
