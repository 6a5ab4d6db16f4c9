import Synchronization

/// What was read and waits for the one reader of a sequence.
///
/// Put into on the event loop, taken from by a task. Bounded by whoever fills it, who asks for `count`; `onTake` tells
/// that something left.
final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var items = FIFO<(element: Element, since: UInt64)>()
        var reader: CheckedContinuation<Element?, any Error>?
        var end: Result<Void, any Error>?
    }

    private let state = Mutex(State())
    private let onTake: @Sendable (_ left: Int) -> Void

    init(onTake: @escaping @Sendable (_ left: Int) -> Void = { _ in }) { self.onTake = onTake }

    var count: Int { state.withLock { $0.items.count } }

    /// When the oldest element was put in; nil when there is none.
    var oldest: UInt64? { state.withLock { $0.items.first?.since } }

    func put(_ element: Element) { put([element]) }

    /// Puts several in, in their order.
    func put(_ elements: [Element]) {
        let now = MonotonicClock.now
        let (reader, left) = state.withLock { state -> (CheckedContinuation<Element?, any Error>?, Int) in
            guard state.end == nil else { return (nil, 0) }
            let reader = elements.isEmpty ? nil : state.reader
            if reader != nil { state.reader = nil }
            for element in elements.dropFirst(reader == nil ? 0 : 1) { state.items.append((element, now)) }
            return (reader, state.items.count)
        }
        guard let reader, let first = elements.first else { return }
        reader.resume(returning: first)
        onTake(left)
    }

    /// Waits for the next element; nil at the end or when the task is cancelled.
    func next() async throws -> Element? {
        let (ready, left) = state.withLock { ($0.items.popFirst()?.element, $0.items.count) }
        if let ready {
            onTake(left)
            return ready
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let now = state.withLock { state -> Result<Element?, any Error>? in
                    if let element = state.items.popFirst()?.element { return .success(element) }
                    if let end = state.end { return end.map { nil } }
                    if Task.isCancelled { return .success(nil) }
                    state.reader = continuation
                    return nil
                }
                guard let now else { return }
                continuation.resume(with: now)
                if case .success(.some) = now { onTake(count) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }

    /// Takes out what nobody took; those put in since `limit` stay.
    func takeRemaining(before limit: UInt64 = .max) -> [Element] {
        state.withLock { state in
            var taken: [Element] = []
            while let first = state.items.first, first.since < limit, let item = state.items.popFirst() {
                taken.append(item.element)
            }
            return taken
        }
    }

    /// Ends the sequence after what is in it. Idempotent.
    func finish(throwing error: (any Error)? = nil) {
        let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
        let reader = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
            guard state.end == nil else { return nil }
            state.end = end
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(with: end.map { nil })
    }
}
