import Foundation
import StoreDomain
import Synchronization

/// How many stores of each owner wait in a region, for those who are told their place in the queue. Safe from any task.
///
/// Where few wait they are counted each time, and the place is exact. Where thousands do, what was counted is remembered
/// for a second, with those that came since: what somebody is told then may be a second old.
final class QueueLengths: Sendable {
    private struct Memory {
        var lengths: [UserID: Int]
        let at: Date
    }

    private static let few = 256
    private static let lifetime: TimeInterval = 1

    /// One a region.
    private let memories = Mutex<[Region: Memory]>([:])

    /// Whether counting can be spared.
    func isKnown(_ region: Region, at now: Date) -> Bool {
        memories.withLock { memories in
            memories[region].map { abs(now.timeIntervalSince($0.at)) < Self.lifetime } ?? false
        }
    }

    /// What is remembered.
    func lengths(of region: Region) -> [UserID: Int] { memories.withLock { $0[region]?.lengths ?? [:] } }

    /// Remembers what was counted.
    func note(_ lengths: [UserID: Int], of region: Region, at now: Date) {
        let isLong = lengths.values.reduce(0, +) >= Self.few
        memories.withLock { $0[region] = isLong ? Memory(lengths: lengths, at: now) : nil }
    }

    /// One more waits. Should its transaction fail, it is one too many for the rest of a second.
    func add(_ owner: UserID, to region: Region) { memories.withLock { $0[region]?.lengths[owner, default: 0] += 1 } }
}
