import Foundation
import Testing

/// The whole platform, as a user has it: everything below runs against what `deploy/up` started.
///
/// One at a time: the tests kill services and share one machine. `deploy/test endtoend` sets the environment from
/// `.run/platform.env`; without it nothing here runs.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["STORE_PLATFORM_URL"] != nil))
enum EndToEnd {}
