import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct RateLimiterTests {
    private static let limit = RateLimit(count: 20, period: .seconds(3600))

    private static func limiter(_ ledger: any RateLedger) -> RateLimiter {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return RateLimiter("key", limit, ledger: ledger, logger: logger)
    }

    /// How many of so many requests are let through.
    private static func admitted(_ count: Int, by limiter: RateLimiter) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do {
                        _ = try await limiter.spend("a")
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    @Test func `several gateways hold one limit together`() async throws {
        let bus = MemoryMessageBus()
        let limiters = (0..<4).map { _ in Self.limiter(bus.peer()) }
        let admitted = await withTaskGroup(of: Int.self) { group in
            for limiter in limiters { group.addTask { await Self.admitted(100, by: limiter) } }
            return await group.reduce(0, +)
        }

        #expect((20...28).contains(admitted), "a batch is 2: at most 20 + 4 · 2, and \(admitted) were let through")
        for limiter in limiters { await limiter.tick() }
        try await eventually("all of it is told") {
            try await bus.spend(0, of: "key/a", Self.limit).rounded() == Double(20 - admitted)
        }
    }

    @Test func `a ledger that fails leaves each gateway its own limit, until it is back`() async throws {
        let ledger = BrokenLedger()
        let limiter = Self.limiter(ledger)

        #expect(await Self.admitted(100, by: limiter) == 20)
        ledger.mend()
        await limiter.tick()
        _ = try await limiter.spend("b")
        await limiter.tick()
        try await eventually("it is told again") { ledger.told.contains("key/b") }
    }

    @Test func `a ledger that never answers holds nobody up for long`() async throws {
        let ledger = BrokenLedger(isSilent: true)
        let limiter = Self.limiter(ledger)
        let ticking = Task {
            while !Task.isCancelled {
                await limiter.tick()
                // As often as the service does.
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        let began = ContinuousClock.now

        #expect(await Self.admitted(30, by: limiter) == 20)
        #expect(began.duration(to: .now) < .seconds(20), "the ledger would never have answered")
        ticking.cancel()
        ledger.mend()
        _ = await ticking.result
    }
}

/// A ledger that refuses, or keeps silent, until it is mended.
private final class BrokenLedger: RateLedger {
    private struct State {
        var isBroken = true
        var told: [String] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let isSilent: Bool
    private let state = Mutex(State())

    init(isSilent: Bool = false) { self.isSilent = isSilent }

    var told: [String] { state.withLock { $0.told } }

    func mend() {
        let waiting = state.withLock { state in
            state.isBroken = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func spend(_ count: Int, of name: String, _ limit: RateLimit) async throws -> Double {
        if isSilent {
            await withCheckedContinuation { continuation in
                let isBroken = state.withLock { state in
                    if state.isBroken { state.waiting.append(continuation) }
                    return state.isBroken
                }
                if !isBroken { continuation.resume() }
            }
        }
        return try state.withLock { state in
            guard !state.isBroken else { throw BusError(.unavailable, "Redis is away") }
            state.told.append(name)
            return Double(limit.count - count)
        }
    }
}
