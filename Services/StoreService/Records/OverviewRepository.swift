import Foundation
import StoreContracts
import StoreDomain

/// Sums over many records, for people who want the whole at one glance. `owner` nil: everyone's.
protocol OverviewRepository: Sendable {
    /// How many stores there are of each status; statuses without stores are left out.
    func statusCounts(of owner: UserID?) async throws -> [StoreStatus: Int]
    /// How many READY stores do not sell.
    func degradedCount(of owner: UserID?) async throws -> Int
    /// How many operations are under way.
    func operationsUnderWay(of owner: UserID?) async throws -> Overview.Operations
    /// How creations went that ended since a time, with at most so many samples.
    func creations(of owner: UserID?, since time: Date, samples: Int) async throws -> CreationSummary
    /// Why operations failed since a time, the most frequent reason first.
    func failures(of owner: UserID?, since time: Date, limit: Int) async throws -> [Overview.Failure]
}

/// How creations of some time went.
struct CreationSummary: Sendable, Hashable {
    let succeeded: Int
    let failed: Int
    /// Of those that succeeded, in seconds; nil where there are none.
    let median: Double?
    let percentile95: Double?
    /// The oldest first.
    let samples: [Overview.Provisioning.Sample]
}
