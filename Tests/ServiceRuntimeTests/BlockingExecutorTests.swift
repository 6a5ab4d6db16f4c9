import Dispatch
import Foundation
import ServiceRuntime
import Synchronization
import Testing

@Suite struct BlockingExecutorTests {
    private struct Refusal: Error, Equatable { let number: Int }

    @Test func `returns what the body returns and throws what it throws`() async throws {
        let executor = BlockingExecutor(name: "test", threads: 1)

        #expect(try await executor.run { 42 } == 42)
        await #expect(throws: Refusal(number: 7)) { try await executor.run { throw Refusal(number: 7) } }
    }

    @Test func `runs as many calls at once as it has threads`() async throws {
        let executor = BlockingExecutor(name: "test", threads: 3)
        let met = Meeting(parties: 3)

        // Each call blocks until all three are inside, which one thread could never manage.
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 { group.addTask { try await executor.run { met.arrive() } } }
            for try await arrived in group { #expect(arrived) }
        }
    }

    @Test func `a call cancelled while it waits for a thread never runs`() async throws {
        let executor = BlockingExecutor(name: "test", threads: 1)
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let ran = Mutex(false)
        async let blocker: Void = executor.run {
            entered.signal()
            gate.wait()
        }
        try await BlockingExecutor(name: "wait", threads: 1).run { entered.wait() }

        let queued = Task { try await executor.run { ran.withLock { $0 = true } } }
        queued.cancel()
        await #expect(throws: CancellationError.self) { try await queued.value }
        gate.signal()
        try await blocker

        #expect(try await executor.run { 1 } == 1)
        #expect(ran.withLock { $0 } == false)
    }

    @Test func `its threads end with it`() async throws {
        let threadName = "ending"
        do {
            let executor = BlockingExecutor(name: threadName, threads: 2)
            try await executor.run {}
        }

        let deadline = ContinuousClock.now + .seconds(5)
        while Self.threads(named: threadName) > 0, ContinuousClock.now < deadline { await Task.yield() }
        #expect(Self.threads(named: threadName) == 0)
    }

    private static func threads(named name: String) -> Int {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.count { task in
            let comm = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
            return comm?.hasPrefix(name) == true
        }
    }
}

/// Threads meet here; true for everyone when all came within five seconds.
private final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let complete = DispatchSemaphore(value: 0)

    init(parties: Int) { self.missing = Mutex(parties) }

    func arrive() -> Bool {
        let isLast = missing.withLock {
            $0 -= 1
            return $0 == 0
        }
        if isLast { complete.signal() }
        guard complete.wait(timeout: .now() + 5) == .success else { return false }
        complete.signal()
        return true
    }
}
