import Foundation
import StoreContracts
import StoreDomain
import Testing

@testable import StoreService

@Suite struct InventoryDiffTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let ada = StoreID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FA1")
    private let bob = StoreID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FB1")

    private func record(_ id: StoreID, _ name: String, _ status: StoreStatus = .ready, age: Double = 1000)
        -> InventoryRecord
    {
        InventoryRecord(id: id, namespace: name, status: status, since: now.addingTimeInterval(-age))
    }

    private func namespace(_ name: String, _ id: StoreID?, isTerminating: Bool = false, age: Double? = 1000)
        -> RegionInventory.Namespace
    {
        .init(
            name: name,
            storeID: id,
            isTerminating: isTerminating,
            createdAt: age.map { now.addingTimeInterval(-$0) }
        )
    }

    private func findings(_ records: [InventoryRecord], _ namespaces: [RegionInventory.Namespace])
        -> InventoryDiff.Findings
    {
        InventoryDiff().findings(records, RegionInventory(namespaces: namespaces, observedAt: now))
    }

    @Test func `stores and namespaces that agree are no finding`() {
        let found = findings(
            [record(ada, "store-a"), record(bob, "store-b", .failed)],
            [namespace("store-a", ada), namespace("store-b", bob)]
        )

        #expect(found.isEmpty)
    }

    @Test func `a READY store without its namespace is missing`() {
        #expect(findings([record(ada, "store-a")], []).missing == [ada])
        // Somebody else's namespace of that name is not its own.
        #expect(findings([record(ada, "store-a")], [namespace("store-a", bob)]).missing == [ada])
    }

    @Test func `a namespace whose label was removed, or that is just going, is still the store's`() {
        #expect(findings([record(ada, "store-a")], [namespace("store-a", nil)]).isEmpty)
        #expect(findings([record(ada, "store-a")], [namespace("store-a", ada, isTerminating: true)]).isEmpty)
    }

    @Test(arguments: [StoreStatus.pending, .provisioning, .failed, .deleting])
    func `a store that need not have a namespace is not missing`(status: StoreStatus) {
        #expect(findings([record(ada, "store-a", status)], []).isEmpty)
    }

    @Test func `what is young is left out`() {
        #expect(findings([record(ada, "store-a", age: 30)], []).isEmpty)
        #expect(findings([], [namespace("store-a", ada, age: 30)]).isEmpty)
    }

    @Test func `a namespace without a store is an orphan, unless it is going`() {
        #expect(findings([], [namespace("store-a", ada)]).orphans == ["store-a": ada])
        #expect(findings([], [namespace("store-x", nil, age: nil)]).orphans == ["store-x": nil])
        #expect(findings([], [namespace("store-a", ada, isTerminating: true)]).isEmpty)
        #expect(findings([record(bob, "store-a")], [namespace("store-a", ada)]).orphans == ["store-a": ada])
    }

    @Test(arguments: StoreStatus.allCases)
    func `the namespace of a store is no orphan, whatever its status`(status: StoreStatus) {
        #expect(findings([record(ada, "store-a", status)], [namespace("store-a", ada)]).isEmpty)
    }

    @Test func `only what two looks found is confirmed`() {
        let first = InventoryDiff.Findings(missing: [ada, bob], orphans: ["x": nil, "y": ada])
        let second = InventoryDiff.Findings(missing: [bob], orphans: ["x": nil, "y": bob, "z": nil])

        #expect(second.confirmed(by: first) == InventoryDiff.Findings(missing: [bob], orphans: ["x": nil]))
        #expect(second.confirmed(by: InventoryDiff.Findings()).isEmpty)
    }
}
