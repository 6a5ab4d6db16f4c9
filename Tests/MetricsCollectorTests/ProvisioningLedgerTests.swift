import Foundation
import StoreContracts
import StoreDomain
import Testing

@testable import MetricsCollector

@Suite struct ProvisioningLedgerTests {
    private var ledger = ProvisioningLedger(remembering: 3)

    @Test mutating func `a first provision lasts from the store's acceptance until it is READY`() throws {
        #expect(ledger.note(try CollectorSamples.changed(.pending, after: 0)) == nil)
        #expect(ledger.note(try CollectorSamples.changed(.provisioning, after: 1)) == nil)

        let provision = try #require(ledger.note(try CollectorSamples.changed(.ready, after: 42)))

        #expect(provision.duration == 42)
        #expect(provision.outcome == .ready)
        #expect(provision.engine == .woocommerce)
    }

    @Test mutating func `the same news twice counts once`() throws {
        #expect(ledger.note(try CollectorSamples.changed(.ready, after: 42)) != nil)
        #expect(ledger.note(try CollectorSamples.changed(.ready, after: 42)) == nil)
        #expect(ledger.latest.count == 1)
    }

    @Test mutating func `a retry is timed from its own beginning`() throws {
        #expect(ledger.note(try CollectorSamples.changed(.failed, after: 30))?.outcome == .failed)
        #expect(ledger.note(try CollectorSamples.changed(.pending, after: 100, generation: 2)) == nil)

        let retry = try #require(ledger.note(try CollectorSamples.changed(.ready, after: 120, generation: 2)))

        #expect(retry.duration == 20)
    }

    @Test mutating func `a retry whose beginning was not seen is not timed`() throws {
        #expect(ledger.note(try CollectorSamples.changed(.ready, after: 120, generation: 2)) == nil)
    }

    @Test mutating func `a store that heals itself after FAILED counts for both`() throws {
        #expect(ledger.note(try CollectorSamples.changed(.failed, after: 30))?.outcome == .failed)
        #expect(ledger.note(try CollectorSamples.changed(.ready, after: 50))?.outcome == .ready)
    }

    @Test mutating func `a deletion is no provision`() throws {
        _ = ledger.note(try CollectorSamples.changed(.provisioning, after: 1))

        #expect(ledger.note(try CollectorSamples.changed(.deleting, after: 5, generation: 2)) == nil)
        #expect(ledger.latest.isEmpty)
    }

    @Test mutating func `remembers only the latest`() throws {
        for number in 0..<5 {
            let store = try CollectorSamples.store("01ARYZ6S41TSV4RRFFQ69G5FA\(number)")
            _ = ledger.note(try CollectorSamples.changed(.ready, after: Double(number), store: store))
        }

        #expect(ledger.latest.map(\.duration) == [2, 3, 4])
    }
}
