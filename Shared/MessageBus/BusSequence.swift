/// A live sequence of what the bus delivers; ends when it is cancelled, its task is, or the bus closes.
///
/// One reader. It survives reconnects; it throws only what makes going on senseless (`refused`, `closed`).
package struct BusSequence<Element: Sendable>: AsyncSequence, Sendable {
    /// Waits for the next element; nil at the end or when the task is cancelled.
    package typealias Next = @Sendable () async throws -> Element?

    private enum Origin {
        case stream(AsyncThrowingStream<Element, any Error>)
        case source(Next)
    }

    private let origin: Origin
    private let end: SequenceEnd

    /// For implementations of the bus; `onCancel` must be idempotent. Also called when the reading task is cancelled and
    /// when nobody holds the sequence any more.
    package init(next: @escaping Next, onCancel: @escaping @Sendable () -> Void) {
        origin = .source(next)
        end = SequenceEnd(onCancel)
    }

    /// The same over a stream of the standard library.
    package init(_ stream: AsyncThrowingStream<Element, any Error>, onCancel: @escaping @Sendable () -> Void) {
        origin = .stream(stream)
        end = SequenceEnd(onCancel)
    }

    /// Ends the sequence: nothing is taken from the bus any more.
    package func cancel() { end.perform() }

    package func makeAsyncIterator() -> Iterator {
        switch origin {
        case .stream(let stream): Iterator(origin: .stream(stream.makeAsyncIterator()), end: end)
        case .source(let next): Iterator(origin: .source(next), end: end)
        }
    }

    /// Reads the sequence; for one task.
    package struct Iterator: AsyncIteratorProtocol {
        enum Origin {
            case stream(AsyncThrowingStream<Element, any Error>.Iterator)
            case source(Next)
        }

        var origin: Origin
        let end: SequenceEnd

        package mutating func next() async throws -> Element? {
            switch origin {
            case .source(let next):
                if !Task.isCancelled, let element = try await next() { return element }
                end.perform()
                return nil
            case .stream(var iterator):
                defer { origin = .stream(iterator) }
                let end = self.end
                return try await withTaskCancellationHandler {
                    try await iterator.next()
                } onCancel: {
                    // In a task of its own: who cancels holds the task's own lock here, and whoever yields to that task
                    // under the bus' lock would wait for it while `perform` waits for the bus'.
                    Task { end.perform() }
                }
            }
        }
    }
}

/// Ends a sequence when it is told to and when the last reference to it goes.
package final class SequenceEnd: Sendable {
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    deinit { action() }

    func perform() { action() }
}
