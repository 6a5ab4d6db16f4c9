import Foundation
import StoreDomain

/// A store whose work was asked for and not handed out yet.
struct WaitingStore: Sendable, Hashable {
    let id: StoreID
    let owner: UserID
    /// Since when it waits.
    let since: Date
}

/// Whose turn it is to be made, where only so many stores may be made at once. Pure.
///
/// The next one is always a store of the owner who has the fewest under way, and of those the one that waits longest:
/// one owner's fifty stores hold up another's one for a single place. Nobody waits for ever, because each store that is
/// made ends, and with it the lead of those who have none.
struct AdmissionDecision: Sendable {
    /// How many stores may be made at once.
    let limit: Int

    /// How many places are free.
    func places(running: [UserID: Int]) -> Int { max(0, limit - running.values.reduce(0, +)) }

    /// All that wait, in the order in which they will come, as far as one knows now.
    func order(running: [UserID: Int], waiting: [WaitingStore]) -> [WaitingStore] {
        var load = running
        var queues = Dictionary(grouping: waiting, by: \.owner).mapValues { stores in
            ArraySlice(stores.sorted(by: Self.isEarlier))
        }
        var order: [WaitingStore] = []
        while let next = queues.values.compactMap(\.first).min(by: { isBefore($0, $1, load) }) {
            order.append(next)
            load[next.owner, default: 0] += 1
            queues[next.owner]?.removeFirst()
        }
        return order
    }

    /// How many come before one more store of an owner, the youngest of all that wait, by how many wait of each: the same
    /// as its place in `order`, without looking at each of thousands.
    func ahead(of owner: UserID, running: [UserID: Int], waiting: [UserID: Int]) -> Int {
        let own = waiting[owner] ?? 0
        // How many of the owner's are under way once it is its turn.
        let load = (running[owner] ?? 0) + own
        return waiting.reduce(own) { ahead, queue in
            queue.key == owner
                ? ahead : ahead + max(0, min(queue.value, load - (running[queue.key] ?? 0) + 1))
        }
    }

    private func isBefore(_ one: WaitingStore, _ other: WaitingStore, _ load: [UserID: Int]) -> Bool {
        let (first, second) = (load[one.owner] ?? 0, load[other.owner] ?? 0)
        return first == second ? Self.isEarlier(one, other) : first < second
    }

    private static func isEarlier(_ one: WaitingStore, _ other: WaitingStore) -> Bool {
        (one.since, one.id.description) < (other.since, other.id.description)
    }
}
