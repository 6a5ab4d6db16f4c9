import MessageBus
import Synchronization

/// The messages on their way into one stream. From any thread.
///
/// A lone message is sent at once; what comes while others are under way is stored by one script call for many. The
/// order is kept, also over a break: what may or may not have been stored is sent again, and its id keeps it from being
/// stored twice.
final class AppendQueue: Sendable {
    typealias Completion = @Sendable (Result<AppendReceipt, RedisError>) -> Void

    struct Entry: Sendable {
        let message: BusMessage
        let block: [UInt8]
        /// Empty: not deduplicated, and so never sent twice.
        let messageID: String
        let expectedLast: String
        let completion: Completion
        var attempts = 0

        var size: Int { 320 + block.count + message.body.count }
    }

    private struct State {
        var waiting = FIFO<Entry>()
        var inFlight = 0
    }

    private static let largestBatch = 128
    private static let largestBytes = 1 << 20
    private static let batchesInFlight = 4
    private static let maximumAttempts = 4

    private let state = Mutex(State())
    private let context: BusContext
    private let keys: [[UInt8]]
    private let window: Int
    private let limit: Int

    init(_ stream: StreamConfiguration, _ context: BusContext) {
        self.context = context
        keys = [context.keys.log(stream.name)] + context.keys.duplicates(stream.name)
        window = stream.duplicateWindow.milliseconds
        limit = stream.maximumMessages ?? 0
    }

    func add(_ entries: [Entry]) {
        let batch = state.withLock { state -> [Entry] in
            state.waiting.append(contentsOf: entries)
            // The first goes alone, at once; the next ones when there are enough of them or an answer has come.
            let isWorthIt = state.inFlight == 0 || state.waiting.count >= Self.largestBatch
            return isWorthIt ? Self.takeBatch(&state) : []
        }
        send(batch)
    }

    private static func takeBatch(_ state: inout State) -> [Entry] {
        guard state.inFlight < batchesInFlight else { return [] }
        var batch: [Entry] = []
        var bytes = 0
        while batch.count < largestBatch, let next = state.waiting.first,
            batch.isEmpty || bytes + next.size < largestBytes
        {
            bytes += next.size
            batch.append(next)
            _ = state.waiting.popFirst()
        }
        if !batch.isEmpty { state.inFlight += 1 }
        return batch
    }

    private func send(_ batch: [Entry]) {
        guard !batch.isEmpty else { return }
        let (window, limit) = (self.window, self.limit)
        context.command.submit(
            .append,
            keys: keys,
            argumentCount: 2 + 6 * batch.count,
            capacity: batch.reduce(512) { $0 + $1.size },
            arguments: { command in
                command.add(window)
                command.add(limit)
                for entry in batch {
                    command.add(entry.messageID)
                    command.add(entry.expectedLast)
                    command.add(entry.message.subject.description)
                    command.add(entry.message.reply?.description ?? "")
                    command.add(entry.block)
                    command.add(entry.message.body)
                }
            },
            { answer in self.finish(batch, answer) }
        )
    }

    /// On the loop's thread.
    private func finish(_ batch: [Entry], _ answer: RedisConnection.Answer) {
        var again: [Entry] = []
        switch answer {
        case .success(var cursor):
            let count = cursor.array() ?? 0
            for (index, entry) in batch.enumerated() {
                entry.completion(2 * index + 1 < count ? Self.outcome(&cursor) : .failure(Self.unexpected))
            }
        case .failure(let error):
            for entry in batch {
                if error.code == .connectionLost, !entry.messageID.isEmpty, entry.attempts < Self.maximumAttempts {
                    var entry = entry
                    entry.attempts += 1
                    again.append(entry)
                } else {
                    entry.completion(.failure(error))
                }
            }
        }
        let next = state.withLock { state -> [Entry] in
            state.inFlight -= 1
            if !again.isEmpty {
                let later = state.waiting.removeAll()
                state.waiting.append(contentsOf: again + later)
            }
            return Self.takeBatch(&state)
        }
        send(next)
    }

    private static func outcome(_ cursor: inout RESPCursor) -> Result<AppendReceipt, RedisError> {
        let text = cursor.text() ?? ""
        let kind = cursor.integer()
        switch (kind, StreamID(text)) {
        case (0, let id?): return .success(AppendReceipt(id: id, isDuplicate: false))
        case (1, let id?): return .success(AppendReceipt(id: id, isDuplicate: true))
        case (2, _): return .failure(RedisError(reply: "WRONGSEQ \(text)"))
        case (3, _): return .failure(RedisError(reply: text))
        default: return .failure(unexpected)
        }
    }

    private static let unexpected = RedisError(.unexpectedReply, "an append is answered with an id")
}
