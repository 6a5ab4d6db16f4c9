package import MessageBus
import Synchronization

extension RedisMessageBus {
    package func append(_ message: BusMessage, to stream: String) async throws -> AppendReceipt {
        do {
            let stream = try await appendable([message], to: stream)
            return try await withCheckedThrowingContinuation { continuation in
                begin(message, stream) { continuation.resume(with: $0) }
            }
        } catch {
            throw BusError.from(error)
        }
    }

    package func append(_ messages: [BusMessage], to stream: String) async throws -> [AppendReceipt] {
        guard !messages.isEmpty else { return [] }
        do {
            let stream = try await appendable(messages, to: stream)
            return try await withCheckedThrowingContinuation { continuation in
                let receipts = AppendReceipts(count: messages.count) { continuation.resume(with: $0) }
                stream.queue.add(
                    messages.enumerated().map { index, message in
                        entry(message, stream.configuration) { receipts.note($0, at: index) }
                    }
                )
            }
        } catch {
            throw BusError.from(error)
        }
    }

    private func appendable(_ messages: [BusMessage], to name: String) async throws -> AppendableStream {
        try checkOpen()
        let stream = try await appendable(name)
        for message in messages {
            try check(message)
            guard stream.configuration.subjects.matches(message.subject) else {
                throw BusError(.unknownStream, "stream \(name) does not take \(message.subject)")
            }
        }
        await context.command.room()
        return stream
    }

    private func appendable(_ name: String) async throws -> AppendableStream {
        let configuration = try await streams.configuration(of: name)
        return state.withLock { state in
            if let known = state.appendable[name], known.configuration == configuration { return known }
            let stream = AppendableStream(
                configuration: configuration,
                log: context.keys.log(name),
                queue: AppendQueue(configuration, context)
            )
            state.appendable[name] = stream
            return stream
        }
    }

    private func begin(
        _ message: BusMessage,
        _ stream: AppendableStream,
        _ completion: @escaping AppendQueue.Completion
    ) {
        guard stream.isPlain(message) else {
            return stream.queue.add([entry(message, stream.configuration, completion)])
        }
        context.command.submit(StreamAppend.plain(message, stream)) { answer in
            completion(answer.flatMap { StreamAppend.receipt($0) })
        }
    }

    /// Without an id of its own a message gets one, as long as the stream remembers ids: then it can be sent again when
    /// a connection breaks under the answer.
    private func entry(
        _ message: BusMessage,
        _ stream: StreamConfiguration,
        _ completion: @escaping AppendQueue.Completion
    ) -> AppendQueue.Entry {
        let remembers = stream.duplicateWindow > .zero
        let given = message.headers[MessageHeaders.Name.messageID]
        return AppendQueue.Entry(
            message: message,
            block: message.headers.block,
            messageID: remembers ? given ?? "\(instance).\(makeID())" : "",
            expectedLast: message.headers[MessageHeaders.Name.expectedLastSequence] ?? "",
            completion: completion
        )
    }
}

/// A stream as appending needs it.
struct AppendableStream: Sendable {
    let configuration: StreamConfiguration
    let log: [UInt8]
    let queue: AppendQueue

    /// Whether a plain command stores it: nothing is remembered and nothing is expected.
    func isPlain(_ message: BusMessage) -> Bool {
        configuration.duplicateWindow == .zero && message.headers[MessageHeaders.Name.expectedLastSequence] == nil
    }
}

/// The command that appends without a script, and what it answers.
enum StreamAppend {
    static func plain(_ message: BusMessage, _ stream: AppendableStream) -> RedisCommand {
        let block = message.headers.block
        let limit = stream.configuration.maximumMessages ?? 0
        var command = RedisCommand(count: limit > 0 ? 14 : 11, capacity: 320 + block.count + message.body.count)
        command.add("XADD")
        command.add(stream.log)
        if limit > 0 {
            command.add("MAXLEN")
            command.add("~")
            command.add(limit)
        }
        command.add("*")
        command.add(fieldsOf: message, block: block)
        return command
    }

    static func receipt(_ cursor: RESPCursor) -> Result<AppendReceipt, RedisError> {
        var cursor = cursor
        guard let id = cursor.string(StreamID.init(wire:)) ?? nil else {
            return .failure(RedisError(.unexpectedReply, "an append is answered with an id"))
        }
        return .success(AppendReceipt(id: id, isDuplicate: false))
    }
}

/// Gathers the answers to a batch; the first failure decides once all are there.
private final class AppendReceipts: Sendable {
    private struct State {
        var receipts: [AppendReceipt?]
        var missing: Int
        var failure: RedisError?
    }

    private let state: Mutex<State>
    private let whenAll: @Sendable (Result<[AppendReceipt], any Error>) -> Void

    init(count: Int, whenAll: @escaping @Sendable (Result<[AppendReceipt], any Error>) -> Void) {
        state = Mutex(State(receipts: Array(repeating: nil, count: count), missing: count))
        self.whenAll = whenAll
    }

    func note(_ result: Result<AppendReceipt, RedisError>, at index: Int) {
        let outcome = state.withLock { state -> Result<[AppendReceipt], any Error>? in
            switch result {
            case .success(let receipt): state.receipts[index] = receipt
            case .failure(let error): state.failure = state.failure ?? error
            }
            state.missing -= 1
            guard state.missing == 0 else { return nil }
            return state.failure.map { .failure($0) } ?? .success(state.receipts.compactMap { $0 })
        }
        if let outcome { whenAll(outcome) }
    }
}
