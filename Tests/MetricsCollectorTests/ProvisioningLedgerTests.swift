import Foundation
import StoreContracts
import StoreDomain
import Testing

@testable import MetricsCollector

@Suite struct ProvisioningLedgerTests {
    private var ledger = ProvisioningLedger(remembering: 3)

    /// As store-service tells it: the store as it is now, then the operation.
    private mutating func tell(
        _ store: StoreStatus,
        _ operation: StoreNotice,
        after seconds: TimeInterval
    ) throws -> ProvisioningLedger.Provision? {
        #expect(ledger.note(try CollectorSamples.changed(store, after: seconds, store: operation.storeID)) == nil)
        return ledger.note(operation)
    }

    @Test mutating func `a provision lasts from its acceptance until it succeeded`() throws {
        #expect(try tell(.pending, CollectorSamples.operation(.pending), after: 0) == nil)
        #expect(try tell(.provisioning, CollectorSamples.operation(.running), after: 1) == nil)

        let provision = try #require(try tell(.ready, CollectorSamples.operation(.succeeded, ended: 42), after: 42))

        #expect(provision.duration == 42)
        #expect(provision.outcome == .ready)
        #expect(provision.engine == .woocommerce)
    }

    @Test mutating func `the same news twice counts once`() throws {
        #expect(try tell(.ready, CollectorSamples.operation(.succeeded, ended: 42), after: 42) != nil)
        #expect(try tell(.ready, CollectorSamples.operation(.succeeded, ended: 42), after: 42) == nil)
        #expect(ledger.latest.count == 1)
    }

    @Test mutating func `a retry is timed from its own beginning`() throws {
        let first = try tell(.failed, CollectorSamples.operation(.failed, ended: 30), after: 30)
        #expect(first?.outcome == .failed)
        let retry = try tell(
            .ready,
            CollectorSamples.operation(.succeeded, .retry, number: 2, began: 100, ended: 120),
            after: 120
        )

        #expect(retry?.duration == 20)
        #expect(retry?.outcome == .ready)
    }

    @Test mutating func `a store that is seen to sell again, or heals itself, is no provision`() throws {
        #expect(ledger.note(try CollectorSamples.changed(.ready, after: 900)) == nil)
        #expect(ledger.note(try CollectorSamples.changed(.failed, after: 930)) == nil)
        #expect(ledger.note(try CollectorSamples.changed(.ready, after: 950)) == nil)
        #expect(ledger.latest.isEmpty)
    }

    @Test mutating func `a deletion and what was overtaken are no provisions`() throws {
        #expect(try tell(.deleting, CollectorSamples.operation(.cancelled, ended: 5), after: 5) == nil)
        #expect(try tell(.deleting, CollectorSamples.operation(.succeeded, .delete, ended: 9), after: 9) == nil)
        #expect(ledger.latest.isEmpty)
    }

    @Test mutating func `remembers only the latest`() throws {
        for number in 0..<5 {
            let store = try CollectorSamples.store("01ARYZ6S41TSV4RRFFQ69G5FA\(number)")
            let end = try CollectorSamples.operation(.succeeded, ended: Double(number), store: store)
            _ = try tell(.ready, end, after: Double(number))
        }

        #expect(ledger.latest.map(\.duration) == [2, 3, 4])
    }
}
