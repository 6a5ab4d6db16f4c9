import Foundation

/// The messages that have been applied.
protocol InboxRepository: Sendable {
    /// Notes a message as applied; false when it was before. Part of the transaction that applies it.
    func noteApplied(_ messageID: String, at time: Date) async throws -> Bool
    /// Forgets what was applied before a time.
    func forgetApplied(before time: Date) async throws
}
