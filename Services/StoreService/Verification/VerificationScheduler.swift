import Foundation
import Logging
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Asks the provisioners to look at stores when it is time: at the start at all of them, then each by its schedule.
///
/// Only so many a round, so that a thousand stores do not come at once. Several replicas are safe: each store is asked
/// for under its lock, and what was asked is noted with it.
struct VerificationScheduler: Service {
    let bus: any MessageBus
    let database: StoreDatabase
    let schedule: VerificationSchedule
    let logger: Logger
    var interval: Duration = .seconds(5)
    /// How many stores are asked for a round.
    var batchSize = 20
    var now: @Sendable () -> Date = { Date() }
    var random: @Sendable () -> Double = { .random(in: 0..<1) }

    /// Over how many seconds the looks of the start are spread.
    private static let startSpread: TimeInterval = 30

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let start = now()
            var hasBegun = false
            while !Task.isCancelled {
                // While the bus is away what is asked would only pile up in the outbox.
                if await bus.isConnected() {
                    do {
                        if !hasBegun { try await begin(at: start) }
                        hasBegun = true
                        try await round()
                    } catch {
                        logger.debug("Stores not asked for", metadata: ["error": "\(error)"])
                    }
                }
                // How late a look may be; with the batch's size, how many looks a second there are at most.
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Has every store looked at that nobody looked at since `start`: much may have happened while nobody was here.
    func begin(at start: Date) async throws {
        try await database.write {
            try await $0.hastenChecks(notSince: start, until: start.addingTimeInterval(Self.startSpread))
        }
    }

    /// Asks for the stores whose time has come, once.
    func round() async throws {
        let asked = try await database.write { records -> Int in
            var asked = 0
            // Those that only need a date cost nobody anything, so more of them are taken.
            for store in try await records.lockDueChecks(at: now(), limit: 10 * batchSize) {
                if store.checks.dueAt != nil {
                    guard asked < batchSize else { break }
                    try await ask(store, in: records)
                    asked += 1
                } else {
                    try await plan(store, store.checks, in: records)
                }
            }
            return asked
        }
        if asked > 0 { logger.debug("Stores are looked at", metadata: ["count": "\(asked)"]) }
    }

    private func ask(_ store: StoreRecord, in records: any StoreRecords) async throws {
        guard let owner = try await records.user(store.ownerID, isLocked: false) else { return }
        let time = now()
        let withOrder = schedule.wantsOrder(store, now: time)
        let command = store.command(
            .verify,
            adminEmail: owner.email,
            verification: .init(status: store.lifecycle.status, withOrder: withOrder)
        )
        try await records.enqueue(
            [.verification(command, askedAt: time, lifetime: schedule.resync)],
            at: time
        )
        var checks = store.checks
        checks.checkedAt = time
        if withOrder { checks.orderAskedAt = time }
        try await plan(store, checks, in: records)
    }

    private func plan(_ store: StoreRecord, _ checks: StoreChecks, in records: any StoreRecords) async throws {
        var store = store
        store.checks = checks
        store.checks.dueAt = schedule.due(store, random: random())
        try await records.note(store.checks, of: store.id)
    }
}
