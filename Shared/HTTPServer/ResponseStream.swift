import Synchronization

/// The pipe between a producer's task and the library's thread: a bounded buffer, with the connection suspended while
/// it is empty and the producer waiting while it is full.
final class ResponseStream: Sendable {
    private enum Ending {
        case complete
        case broken
    }

    private struct State {
        var buffer: [UInt8] = []
        var consumed = 0
        var ending: Ending?
        var isReaderSuspended = false
        var isClosed = false
        var writer: CheckedContinuation<Void, Never>?

        var available: Int { buffer.count - consumed }
    }

    /// Above this the producer waits until the client has read half of it.
    static let highWater = 64 * 1024

    private let connection: ConnectionHandle
    private let client: ClientConnection
    private let state = Mutex(State())

    init(connection: ConnectionHandle, client: ClientConnection) {
        self.connection = connection
        self.client = client
    }

    /// The library asks for more; on its thread. 0 after suspending, -1 at the end.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let (count, writer) = state.withLock { state -> (Int, CheckedContinuation<Void, Never>?) in
            guard state.available > 0 else {
                switch state.ending {
                case .complete: return (-1, nil)
                case .broken: return (breakOff(target), nil)
                case nil:
                    // Under the lock, so that no writer can resume what isn't suspended yet.
                    state.isReaderSuspended = true
                    connection.suspend()
                    return (0, nil)
                }
            }
            let count = min(target.count, state.available)
            state.buffer.withUnsafeBytes { source in
                target.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[state.consumed..<state.consumed + count])
                )
            }
            state.consumed += count
            if state.available == 0 {
                state.buffer.removeAll(keepingCapacity: true)
                state.consumed = 0
            }
            guard state.available <= Self.highWater / 2 else { return (count, nil) }
            defer { state.writer = nil }
            return (count, state.writer)
        }
        writer?.resume()
        return count
    }

    /// Appends; waits while the client is behind. Throws `CancellationError` once the client is gone.
    func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        let mustWait = try state.withLock { state in
            guard !state.isClosed, state.ending == nil else { throw CancellationError() }
            if state.consumed > Self.highWater {
                state.buffer.removeFirst(state.consumed)
                state.consumed = 0
            }
            state.buffer.append(contentsOf: bytes)
            wakeReader(&state)
            return state.available > Self.highWater
        }
        if mustWait { await drained() }
        try Task.checkCancellation()
    }

    /// No more comes. The client gets the rest and the proper end.
    func finish() { end(.complete) }

    /// Something went wrong: the connection is broken off so that the client does not take what it has for the whole.
    func fail() {
        let writer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.isClosed else { return nil }
            state.ending = .broken
            state.buffer.removeAll()
            state.consumed = 0
            wakeReader(&state)
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// The library is done with the connection; from here on nothing may touch it.
    func connectionClosed() {
        let writer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isClosed = true
            state.isReaderSuspended = false
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// The library has a value for this too, but 0.9.75 then keeps the connection until it times out. A socket that
    /// takes nothing more makes its next write fail, and that path cleans up at once. The byte reaches nobody.
    private func breakOff(_ target: UnsafeMutableRawBufferPointer) -> Int {
        client.hangUp()
        target[0] = 0
        return 1
    }

    private func end(_ ending: Ending) {
        state.withLock { state in
            guard !state.isClosed, state.ending == nil else { return }
            state.ending = ending
            wakeReader(&state)
        }
    }

    private func wakeReader(_ state: inout State) {
        guard state.isReaderSuspended else { return }
        state.isReaderSuspended = false
        connection.resume()
    }

    private func drained() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isParked = state.withLock { state in
                    guard !state.isClosed, state.ending == nil, state.available > Self.highWater / 2,
                        !Task.isCancelled
                    else { return false }
                    state.writer = continuation
                    return true
                }
                if !isParked { continuation.resume() }
            }
        } onCancel: {
            let writer = state.withLock { state -> CheckedContinuation<Void, Never>? in
                defer { state.writer = nil }
                return state.writer
            }
            writer?.resume()
        }
    }
}

/// Where a streamed body's producer writes. One writer at a time.
package struct HTTPBodyWriter: Sendable {
    let stream: ResponseStream

    /// Sends bytes; waits while the client is more than 64 KiB behind. Throws `CancellationError` when the client has
    /// gone or the listener drains.
    package func write(_ bytes: [UInt8]) async throws { try await stream.write(bytes) }

    /// Sends an event of a `text/event-stream`.
    package func write(_ event: ServerSentEvent) async throws { try await stream.write(event.bytes) }
}
