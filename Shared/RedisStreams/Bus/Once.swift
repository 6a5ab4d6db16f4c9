/// An action that happens once at most.
final class Once: Sendable {
    private let action: @Sendable () -> Void
    private let done = SharedFlag()

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    func perform() {
        if !done.setIfClear() { return }
        action()
    }
}
