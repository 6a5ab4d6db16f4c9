import Foundation
import StoreDomain

/// When stores are to be looked at.
protocol CheckRepository: Sendable {
    /// Locks stores that are to be looked at by now, or for which that is to be worked out; leaves out those another
    /// transaction holds. FAILED ones first, then who waits longest.
    func lockDueChecks(at time: Date, limit: Int) async throws -> [StoreRecord]
    /// Replaces the times of a store's checks.
    func note(_ checks: StoreChecks, of store: StoreID) async throws
    /// Has every store that was not looked at since `time` looked at, spread evenly until `end`.
    func hastenChecks(notSince time: Date, until end: Date) async throws
}
