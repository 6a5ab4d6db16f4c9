import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Writes failed sign-ins into the audit, a moment later and together: who floods the sign-in keeps no connection to the
/// database busy and fills no table.
///
/// `note` may be called from any task and never blocks. What was noted in the last moment is lost when the process is
/// killed.
final class SignInFailures: Service {
    private let database: StoreDatabase
    private let logger: Logger
    private let interval: Duration
    private let now: @Sendable () -> Date
    private let tally = Mutex(SignInTally())

    init(
        database: StoreDatabase,
        logger: Logger,
        interval: Duration = .milliseconds(500),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.database = database
        self.logger = logger
        self.interval = interval
        self.now = now
    }

    /// Notes a failure.
    func note(from address: String, requestID: String, at time: Date) {
        tally.withLock { $0.note(address, requestID: requestID, at: time) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                // Long enough to write a flood together, short enough for somebody who watches.
                do { try await Task.sleep(for: interval) } catch { return }
                await flush()
            }
        }
        await flush()
    }

    /// Writes what was noted; keeps it where that fails.
    func flush() async {
        let entries = tally.withLock { $0.unwritten }
        guard !entries.isEmpty else { return }
        do {
            try await database.write { records in
                for entry in entries { try await records.auditFailedSignIns(entry) }
            }
            tally.withLock { $0.wrote(entries, at: now()) }
        } catch {
            logger.debug("Failed sign-ins not written", metadata: ["error": "\(error)"])
        }
    }
}
