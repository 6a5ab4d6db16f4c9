import Foundation
import Synchronization

/// The bus within one process: for tests and for trying things out. Keeps nothing beyond its own life.
///
/// Follows the same contract as the Redis one, redelivery, dead letters and deduplication included; instances made by
/// `peer()` share one memory as processes share one Redis.
package final class MemoryMessageBus: MessageBus {
    /// The clock: milliseconds since 1970.
    package typealias Now = @Sendable () -> UInt64

    package let instance: String
    let shared: Shared
    private let drained = Mutex(false)

    /// What all peers share. The lock is held for moments only and never while awaiting; continuations may be
    /// yielded to under it, as yielding never runs their reader.
    final class Shared: Sendable {
        let state = Mutex(MemoryState())
        let hub = BusEventHub()
        let now: Now

        init(now: @escaping Now) { self.now = now }

        /// Not under the lock.
        func perform(_ outcomes: [MemoryStream.Outcome]) {
            for outcome in outcomes {
                switch outcome {
                case .event(let event): hub.emit(event)
                case .resume(let reader, let stored): reader.resume(returning: stored)
                }
            }
        }
    }

    /// A new, empty bus; `now` is the server's clock.
    package convenience init(now: @escaping Now = { MemoryMessageBus.systemMilliseconds() }) {
        self.init(shared: Shared(now: now))
    }

    private init(shared: Shared) {
        self.shared = shared
        instance = String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Another process' bus on the same memory.
    package func peer() -> MemoryMessageBus { MemoryMessageBus(shared: shared) }

    /// The dead letters of a stream, oldest first.
    package func deadLetters(of stream: String) -> [StoredMessage] {
        shared.state.withLock { $0.streams[stream]?.deadLetters ?? [] }
    }

    /// The system's clock in milliseconds.
    package static func systemMilliseconds() -> UInt64 {
        UInt64(Date().timeIntervalSince1970 * 1_000)
    }

    package func serverTime() -> UInt64 { shared.now() }

    package func isConnected() async -> Bool { !drained.withLock { $0 } }

    package func drain(within limit: Duration) async {
        drained.withLock { $0 = true }
        let outcomes = shared.state.withLock { state in
            state.close(instance: instance, now: shared.now())
            return state.streams.keys.flatMap { state.streams[$0]?.takeOutcomes() ?? [] }
        }
        shared.perform(outcomes)
    }

    func checkOpen() throws {
        if drained.withLock({ $0 }) { throw BusError(.closed, "the bus is drained") }
    }
}
