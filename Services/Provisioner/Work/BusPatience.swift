import MessageBus

/// Waits for the bus where a message must get out: Redis being away is no reason to give a store up.
enum BusPatience {
    /// Repeats the body while the bus is away; throws anything else, and when cancelled.
    @discardableResult
    static func retrying<Result>(_ body: () async throws -> Result) async throws -> Result {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                return try await body()
            } catch let error as BusError where error.isRetryable {
                // A backoff: nothing tells when the server is there again.
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(2))
            }
        }
    }
}
