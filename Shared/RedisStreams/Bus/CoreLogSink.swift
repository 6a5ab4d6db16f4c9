import MessageBus

/// Hands what one core log brings to this process's subscribers without a queue group. On the loop's thread only.
final class CoreLogSink: CursorSink, @unchecked Sendable {
    // Why unchecked: touched on the loop's thread only.

    struct Subscriber {
        let filter: SubjectFilter
        /// What was there when it came is not for it.
        var since: StreamID
        let mailbox: Mailbox<BusMessage>
    }

    let isFull = false
    private(set) var subscribers: [Int: Subscriber] = [:]
    private let context: BusContext

    /// Its number with the cursor reader.
    let feed: Int

    init(_ context: BusContext, feed: Int) {
        self.context = context
        self.feed = feed
    }

    func add(_ id: Int, _ subscriber: Subscriber) { subscribers[id] = subscriber }

    /// True when nobody is left.
    func remove(_ id: Int) -> Bool {
        subscribers[id] = nil
        return subscribers.isEmpty
    }

    func take(_ entry: StreamEntry) {
        guard case .message(let stored) = entry else { return context.statistics.add(.foreignEntries) }
        // Handed on within a queue group: whoever listens without one has seen it already.
        if stored.message.headers[MessageHeaders.Name.hop] != nil { return }
        for subscriber in subscribers.values
        where stored.id > subscriber.since && subscriber.filter.matches(stored.message.subject) {
            if subscriber.mailbox.count < context.configuration.subscriberBuffer {
                subscriber.mailbox.put(stored.message)
            } else {
                context.statistics.add(.slowSubscribers)
                context.events.emit(.slowSubscriber(subject: stored.message.subject))
            }
        }
    }

    func missed(_ count: Int?) {}

    func restarted() {
        for id in subscribers.keys { subscribers[id]?.since = .zero }
    }

    func finish() {
        for subscriber in subscribers.values { subscriber.mailbox.finish() }
        subscribers.removeAll()
    }
}

extension MessageHeaders.Name {
    /// How often a message of a queue group was handed on, and in which group: `<count> <group>`.
    static let hop = "Nrs-Hop"
}
