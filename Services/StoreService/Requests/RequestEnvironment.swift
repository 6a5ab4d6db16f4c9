import Foundation
import ServiceRuntime

/// What requests take from the world beside their input: time and randomness.
struct RequestEnvironment: Sendable {
    var now: @Sendable () -> Date = { Date() }
    /// A new ULID.
    var newID: @Sendable () -> String = { ULID.generate().string }
}
