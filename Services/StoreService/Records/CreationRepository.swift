import Foundation
import StoreContracts
import StoreDomain

/// What is asked about a region when stores enter it.
struct RegionQuestion: Sendable, Hashable {
    /// Whether those that wait are counted, which takes long where thousands do.
    let isCounted: Bool
    /// What the region's cluster had left, where that is known: then the stores are asked for that come before.
    let room: RegionCapacity?
}

/// How busy a region is for stores that enter it.
struct RegionLoad: Sendable, Hashable {
    /// How many stores of each owner are being made.
    var running: [UserID: Int] = [:]
    /// How many stores of each owner wait, those that just entered left out; nil where that was not asked.
    var waiting: [UserID: Int]?
    /// The plans of the stores that are being made and have no place on the cluster's nodes yet.
    var ahead: [Plan] = []
}

/// What came of inserting stores.
struct RegionEntry: Sendable {
    /// Those whose names were free.
    var inserted: Set<StoreID> = []
    /// Numbers for events, ascending.
    var numbers: [Int64] = []
    /// The regions entered, each locked until the transaction ends.
    var loads: [Region: RegionLoad] = [:]
}

/// What only creating stores asks of the records: a few questions at a time, however many stores.
protocol CreationRepository: Sendable {
    /// Locks the owners, in one order, and tells what decides about their requests. `notBefore`: older answers are
    /// forgotten.
    func lockGround(of members: [CreateMember], notBefore: Date) async throws -> CreateGround
    /// The status of the store that has a name.
    func status(ofStoreNamed name: StoreName) async throws -> StoreStatus?
    /// Inserts stores whose names are free, in the order of their names; waits for concurrent inserts of the same names.
    /// Then locks their regions, in the order of their names, as `lockRegion` does, and tells how busy they are. Makes so
    /// many `numbers` for events.
    func insert(
        _ stores: [StoreRecord],
        numbers: Int,
        into regions: [Region: RegionQuestion]
    ) async throws -> RegionEntry
}
