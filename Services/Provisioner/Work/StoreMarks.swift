import Foundation
import MessageBus
import StoreDomain

/// What is known of a store beyond one worker's life, by every worker: that it was deleted, and when the work on a
/// generation began. Kept in a bucket of the bus. Waits while the bus is away.
struct StoreMarks: Sendable {
    let bus: any KeyValueStore

    /// Far longer than a message can be delivered late; ids are never used again.
    private static let deletedLifetime = Duration.seconds(30 * 86_400)
    /// Far longer than any creation.
    private static let beganLifetime = Duration.seconds(86_400)

    /// Whether the store was deleted: a creation delivered late must not make it again.
    func isDeleted(_ store: StoreID) async throws -> Bool {
        try await BusPatience.retrying { try await bucket().get("\(store)/deleted") != nil }
    }

    /// Marks the store as deleted. Idempotent.
    func markDeleted(_ store: StoreID) async throws {
        try await BusPatience.retrying {
            try await bucket().put("\(store)/deleted", [], timeToLive: Self.deletedLifetime)
        }
    }

    /// When the first worker began with this generation: now, unless one did before.
    func began(_ store: StoreID, generation: Int) async throws -> Date {
        try await BusPatience.retrying {
            let revision: StreamID
            do {
                revision = try await bucket().create(
                    "\(store)/\(generation)/began",
                    [],
                    timeToLive: Self.beganLifetime
                )
            } catch let error as BusError {
                guard case .keyExists(let first) = error.code else { throw error }
                revision = first
            }
            return Date(timeIntervalSince1970: Double(revision.milliseconds) / 1000)
        }
    }

    private func bucket() async throws -> any KeyValueBucket {
        try await bus.keyValue(KeyValueConfiguration(bucket: "provisioner"))
    }
}
