import Synchronization

/// A flag that two threads pass to and fro.
final class SharedFlag: Sendable {
    private let value = Atomic(false)

    /// Sets it; false when it was set already.
    func setIfClear() -> Bool { !value.exchange(true, ordering: .sequentiallyConsistent) }

    func set() { value.store(true, ordering: .sequentiallyConsistent) }

    /// Whether it is set.
    var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }

    /// Whether it was set; it is not any more.
    func take() -> Bool { value.exchange(false, ordering: .sequentiallyConsistent) }
}
