import Foundation
import StoreContracts
import StoreDomain

/// The answer that was given to a request with an idempotency key.
struct IdempotentAnswer: Sendable, Hashable {
    /// Tells whether the same was asked.
    let requestHash: String
    let response: StoreAccepted
}

/// Answers that must be given again. Read and written under the owner's lock.
protocol IdempotencyRepository: Sendable {
    /// The answer under a key, if it was given after a time.
    func answer(to key: String, of owner: UserID, notBefore time: Date) async throws -> IdempotentAnswer?
    /// Keeps an answer; replaces one that has expired.
    func keep(_ answer: IdempotentAnswer, under key: String, of owner: UserID, at time: Date) async throws
    /// Forgets answers given before a time.
    func forgetAnswers(before time: Date) async throws
}
