/// The condition did not come true in time.
package struct EventuallyTimeout: Error, CustomStringConvertible {
    package let description: String
}

/// Waits until a condition is true, looking every few milliseconds; throws `EventuallyTimeout` when the time is over.
package func eventually(
    _ what: String = "the condition",
    within limit: Duration = .seconds(15),
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while try await !condition() {
        guard clock.now < deadline else {
            throw EventuallyTimeout(description: "\(what) did not come true within \(limit)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
