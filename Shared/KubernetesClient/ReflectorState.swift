/// What a list-and-watch does next, decided without doing it.
///
/// A watch that ends is resumed from the last version seen; a version too old, or a malformed stream, means a new list.
struct ReflectorState: Sendable, Equatable {
    /// The next thing to do.
    enum Action: Sendable, Equatable {
        /// Read everything.
        case list
        /// Follow the changes after this version.
        case watch(resourceVersion: String)
    }

    private(set) var next: Action = .list
    /// Failures since the last success; what the delay before the next attempt grows with.
    private(set) var failures = 0

    /// A list was read.
    mutating func listed(resourceVersion: String) {
        next = .watch(resourceVersion: resourceVersion)
        failures = 0
    }

    /// The watch reported a change or a bookmark.
    mutating func observed(resourceVersion: String) {
        guard !resourceVersion.isEmpty else { return }
        next = .watch(resourceVersion: resourceVersion)
        failures = 0
    }

    /// A list or watch failed.
    mutating func failed(_ code: KubernetesError.Code) {
        failures += 1
        switch code {
        case .gone, .malformed, .invalid, .notFound: next = .list
        default: break
        }
    }
}
