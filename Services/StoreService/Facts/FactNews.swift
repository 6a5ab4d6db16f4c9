import StoreContracts
import StoreDomain

/// What of a fact belongs into the timeline. Pure.
///
/// Stores are looked at for as long as they live; that all is well still, or wrong still in the same way, is no news.
enum FactNews {
    static func isNews(_ fact: StoreFact, before: StoreLifecycle, after: StoreLifecycle) -> Bool {
        switch fact.kind {
        case .provisioned: before.status != .ready || before.holds(.degraded)
        case .degraded: before.degradation?.reason != after.degradation?.reason
        case .provisioningFailed: before.status != .failed || before.failure?.code != after.failure?.code
        default: true
        }
    }

    /// The event's name: that of the fact, but a store that sells again was not made anew.
    static func eventName(of fact: StoreFact, before: StoreLifecycle) -> String {
        fact.kind == .provisioned && before.status == .ready ? "recovered" : fact.kind.rawValue
    }
}

extension StoreLifecycle {
    /// The condition that says what is wrong with a store that was READY; nil while nothing is.
    var degradation: StoreCondition? { conditions.first { $0.type == .degraded && $0.status == .yes } }
}
