import MessageBus

/// The budgets of the clients that came lately, and of no more than that: two generations take turns, and who is in
/// neither has its whole rate again. Pure: time comes in.
struct RateTable: Sendable {
    let limit: RateLimit
    private let capacity: Int
    private var young: [String: RateBudget] = [:]
    private var old: [String: RateBudget] = [:]
    private var born: ContinuousClock.Instant

    /// Holds at most `capacity` budgets.
    init(_ limit: RateLimit, capacity: Int, at now: ContinuousClock.Instant) {
        self.limit = limit
        self.capacity = max(2, capacity)
        born = now
    }

    var count: Int { young.count + old.count }

    /// Works on a client's budget, made if need be.
    ///
    /// A flood of clients pushes out those that are not seen any more; what those had untold is lost, at most a batch each.
    mutating func with<Result>(
        _ name: String,
        at now: ContinuousClock.Instant,
        _ body: (inout RateBudget) -> Result
    ) -> Result {
        if let place = young.index(forKey: name) { return body(&young.values[place]) }
        if young.count >= capacity / 2 { turn(now) }
        var budget = old.removeValue(forKey: name) ?? RateBudget(limit, at: now)
        defer { young[name] = budget }
        return body(&budget)
    }

    /// Works on a client's budget if there is one.
    mutating func withKnown(_ name: String, _ body: (inout RateBudget) -> Void) {
        if let place = young.index(forKey: name) {
            body(&young.values[place])
        } else if let place = old.index(forKey: name) {
            body(&old.values[place])
        }
    }

    /// Begins to tell of up to `most` budgets, and forgets who has not come for two periods.
    mutating func collect(most: Int, at now: ContinuousClock.Instant) -> [(name: String, message: RateBudget.Message)] {
        var messages = Self.collect(&young, most, now)
        messages += Self.collect(&old, most - messages.count, now)
        if born.duration(to: now) > limit.period * 2, old.allSatisfy({ $0.value.untold == 0 }) { turn(now) }
        return messages
    }

    /// The clients whose answers are waited for longer than `patience`.
    func overdue(_ patience: Duration, at now: ContinuousClock.Instant) -> [String] {
        (young.filter { $0.value.isOverdue(patience, at: now) }.map(\.key))
            + (old.filter { $0.value.isOverdue(patience, at: now) }.map(\.key))
    }

    private static func collect(
        _ budgets: inout [String: RateBudget],
        _ most: Int,
        _ now: ContinuousClock.Instant
    ) -> [(name: String, message: RateBudget.Message)] {
        var messages: [(name: String, message: RateBudget.Message)] = []
        var index = budgets.values.startIndex
        while index != budgets.values.endIndex, messages.count < most {
            if budgets.values[index].untold != 0, let message = budgets.values[index].tell(at: now) {
                messages.append((budgets.keys[index], message))
            }
            budgets.values.formIndex(after: &index)
        }
        return messages
    }

    private mutating func turn(_ now: ContinuousClock.Instant) {
        old = young
        young = [:]
        born = now
    }
}
