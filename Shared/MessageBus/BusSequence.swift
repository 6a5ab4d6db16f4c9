/// A live sequence of what the bus delivers; ends when it is cancelled, its task is, or the bus closes.
///
/// One reader. It survives reconnects; it throws only what makes going on senseless (`refused`, `closed`).
package struct BusSequence<Element: Sendable>: AsyncSequence, Sendable {
    private let stream: AsyncThrowingStream<Element, any Error>
    private let onCancel: @Sendable () -> Void

    /// For implementations of the bus; `onCancel` must be idempotent.
    package init(_ stream: AsyncThrowingStream<Element, any Error>, onCancel: @escaping @Sendable () -> Void) {
        self.stream = stream
        self.onCancel = onCancel
    }

    /// Ends the sequence: nothing is taken from the bus any more.
    package func cancel() { onCancel() }

    package func makeAsyncIterator() -> AsyncThrowingStream<Element, any Error>.Iterator { stream.makeAsyncIterator() }
}
