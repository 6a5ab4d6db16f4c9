import Foundation
import Logging
import ServiceLifecycle
import StoreDomain
import Synchronization

/// Writes when keys were last used: later and together, so that no request waits for it.
///
/// `note` may be called from any task and never blocks. What was noted in the last seconds is lost when the process is
/// killed: the time is for people, who look for keys nobody needs.
final class KeyUsage: Service {
    private let database: StoreDatabase
    private let logger: Logger
    private let interval: Duration
    private let times = Mutex<[KeyID: Date]>([:])

    init(database: StoreDatabase, logger: Logger, interval: Duration = .seconds(5)) {
        self.database = database
        self.logger = logger
        self.interval = interval
    }

    /// Notes that a key was used. Only of keys that exist: that bounds what is kept.
    func note(_ key: KeyID, at time: Date) { times.withLock { $0[key] = time } }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                // Long enough for many uses to be written at once, short enough for somebody who watches.
                do { try await Task.sleep(for: interval) } catch { return }
                await flush()
            }
        }
        await flush()
    }

    /// Writes what was noted; keeps it where that fails.
    func flush() async {
        let noted = times.withLock { times in
            defer { times = [:] }
            return times
        }
        guard !noted.isEmpty else { return }
        do {
            try await database.write { try await $0.noteUse(noted) }
        } catch {
            times.withLock { $0.merge(noted) { newer, _ in newer } }
            logger.debug("Use of keys not written", metadata: ["error": "\(error)"])
        }
    }
}
