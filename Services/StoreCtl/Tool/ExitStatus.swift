import ArgumentParser

/// How the tool ends; scripts rely on the numbers.
enum ExitStatus: Int32, Sendable {
    case done = 0
    /// Refused, or it failed.
    case failed = 1
    /// Called wrongly.
    case usage = 2
    /// The key is missing, wrong, or may not do it.
    case denied = 3
    /// There is no such thing.
    case notFound = 4
    /// The platform cannot be reached or is not ready.
    case unavailable = 5
    /// Somebody interrupted what would have ended by itself; as shells count it.
    case interrupted = 130

    /// What an answer of the API that is no success means.
    init(status: Int) {
        switch status {
        case 401, 403: self = .denied
        case 404: self = .notFound
        case 429, 502, 503, 504: self = .unavailable
        default: self = .failed
        }
    }

    var code: ExitCode { ExitCode(rawValue) }
}
