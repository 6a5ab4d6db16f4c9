import Synchronization

/// What a bus has counted since it began. From any thread.
package final class BusStatistics: Sendable {
    /// What is counted; the raw value is the metric's name after `store_platform_bus_`.
    package enum Counter: String, CaseIterable, Sendable {
        case published = "published_total"
        case publishFailures = "publish_failures_total"
        case requests = "requests_total"
        case requestsFailed = "requests_failed_total"
        case requestsExpired = "requests_expired_total"
        case lateAnswers = "late_answers_total"
        case delivered = "delivered_total"
        case redelivered = "redelivered_total"
        case deadLetters = "dead_letters_total"
        case gaps = "gaps_total"
        case slowSubscribers = "slow_subscriber_drops_total"
        case groupsRecreated = "groups_recreated_total"
        case foreignEntries = "foreign_entries_total"
        case reconnects = "reconnects_total"
    }

    private let values = Mutex<[Int]>(Array(repeating: 0, count: Counter.allCases.count))
    private static let places = Dictionary(uniqueKeysWithValues: zip(Counter.allCases, 0...))

    func add(_ counter: Counter, _ count: Int = 1) {
        guard count != 0, let place = Self.places[counter] else { return }
        values.withLock { $0[place] += count }
    }

    /// All counters now.
    package var snapshot: [Counter: Int] {
        let values = values.withLock { $0 }
        return Dictionary(uniqueKeysWithValues: zip(Counter.allCases, values))
    }
}
