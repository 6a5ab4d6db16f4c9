import Foundation
import Logging
import ServiceLifecycle
import StoreContracts

/// Fills places that stayed free: after the limit was raised, or when the one whose turn it was happened to be locked.
///
/// Nearly always there is nothing to do: whoever frees a place fills it. Several replicas are safe.
struct AdmissionPatrol: Service {
    let database: StoreDatabase
    let admission: StoreAdmission
    let logger: Logger
    var interval: Duration = .seconds(2)
    var now: @Sendable () -> Date = { Date() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await patrol()
                } catch {
                    // That the database is away is said by its probe.
                    logger.debug("Places not filled", metadata: ["error": "\(error)"])
                }
                // How long a place may stay free that nobody else fills.
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Once, each region in a transaction of its own: one that held the locks of two could meet another the other way
    /// round.
    func patrol() async throws {
        for region in try await database.read({ try await $0.regionsWithWaitingStores() }) {
            try await database.write { try await admission.fill(region, at: now(), in: $0) }
        }
    }
}
