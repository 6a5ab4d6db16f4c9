import Foundation
import StoreContracts

/// Who a request comes from, and how that is known.
struct Identity: Sendable, Hashable {
    /// What was sent along.
    enum Source: Sendable, Hashable {
        /// A key, which only a program or a person can have put there.
        case key
        /// A cookie, which browsers send by themselves.
        case session
    }

    let caller: Caller
    let keyHash: String
    let source: Source
    /// When the key or the session ends, whichever comes first; nil: neither does.
    let validUntil: Date?
}
