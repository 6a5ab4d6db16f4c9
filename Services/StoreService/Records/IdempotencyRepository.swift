import Foundation
import StoreContracts
import StoreDomain

/// The answer that was given to a request with an idempotency key.
struct IdempotentAnswer: Sendable, Hashable {
    /// Tells whether the same was asked.
    let requestHash: String
    let response: StoreAccepted
}

/// Answers that must be given again. Read (`lockGround`) and written under the owner's lock.
protocol IdempotencyRepository: Sendable {
    /// Keeps answers, each key's own; replaces those that have expired.
    func keep(_ answers: [(key: CreateMember.Key, answer: IdempotentAnswer)], at time: Date) async throws
    /// Forgets answers given before a time.
    func forgetAnswers(before time: Date) async throws
}
