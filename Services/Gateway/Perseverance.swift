import Logging

/// Repeats what must go on for as long as the process does, such as listening to the bus.
struct Perseverance: Sendable {
    /// What is logged when it was interrupted: once at warning for each outage, then at debug.
    let message: Logger.Message
    let logger: Logger
    var pause: Duration = .seconds(1)
    /// What lasted this long was no failed attempt.
    var success: Duration = .seconds(10)

    /// Returns when the task is cancelled. The body returns or throws when it was interrupted.
    func run(_ body: () async throws -> Void) async {
        var isOutage = false
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do {
                try await body()
            } catch is CancellationError {
                return
            } catch {
                if started.duration(to: .now) >= success { isOutage = false }
                logger.log(level: isOutage ? .debug : .warning, message, metadata: ["error": "\(error)"])
                isOutage = true
            }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }
}
