import Logging
import MessageBus
import Synchronization

/// Hands a followed stream to its one reader, no faster than it reads.
final class FollowSink: CursorSink {
    private static let capacity = 1024

    let mailbox: Mailbox<StoredMessage>
    private let wasFull: SharedFlag
    private let stream: String
    private let filters: [SubjectFilter]
    private let context: BusContext
    /// What was missed before the next message.
    private let gap = Mutex<StreamGap?>(nil)

    /// `onRoom` is called from any thread when a full mailbox has become half empty.
    init(stream: String, filters: [SubjectFilter], context: BusContext, onRoom: @escaping @Sendable () -> Void) {
        self.stream = stream
        self.filters = filters
        self.context = context
        let wasFull = SharedFlag()
        self.wasFull = wasFull
        mailbox = Mailbox { left in
            if left <= Self.capacity / 2, wasFull.take() { onRoom() }
        }
    }

    /// Remembers that it was full, so that the reader is told once there is room.
    var isFull: Bool {
        guard mailbox.count >= Self.capacity else { return false }
        wasFull.set()
        // It may have been emptied meanwhile, and then nobody would tell.
        return mailbox.count >= Self.capacity || !wasFull.take()
    }

    func take(_ entry: StreamEntry) {
        switch entry {
        case .message(let stored):
            guard filters.isEmpty || filters.contains(where: { $0.matches(stored.message.subject) }) else { return }
            let gap = gap.withLock { gap in
                defer { gap = nil }
                return gap
            }
            mailbox.put(gap == nil ? stored : StoredMessage(id: stored.id, message: stored.message, gap: gap))
        case .foreign(let id, let reason):
            context.statistics.add(.foreignEntries)
            context.logger.warning(
                "Foreign entry in a stream passed over",
                metadata: ["bus.stream": "\(stream)", "bus.id": "\(id)", "error": "\(reason)"]
            )
        case .gone: break
        }
    }

    func missed(_ count: Int?) {
        let found = StreamGap(missed: count)
        gap.withLock { $0 = $0.map { $0 + found } ?? found }
        context.events.emit(.gap(stream: stream, found))
        context.logger.warning(
            "Messages were trimmed before they could be followed",
            metadata: ["bus.stream": "\(stream)", "bus.missed": "\(count.map(String.init) ?? "unknown")"]
        )
    }
}
