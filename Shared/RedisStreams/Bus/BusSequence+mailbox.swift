import MessageBus

extension BusSequence {
    /// A sequence over a mailbox; `cancel` must be idempotent. It is also called when the reading task is cancelled
    /// and when nobody holds the sequence any more.
    init(_ mailbox: Mailbox<Element>, cancel: @escaping @Sendable () -> Void) {
        let end = SequenceEnd(cancel)
        let stream = AsyncThrowingStream<Element, any Error> {
            let element = try await withTaskCancellationHandler {
                try await mailbox.next()
            } onCancel: {
                end.perform()
            }
            return element
        }
        self.init(stream, onCancel: cancel)
    }
}

/// Ends a sequence when the last reference to it goes.
private final class SequenceEnd: Sendable {
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    deinit { action() }

    func perform() { action() }
}
