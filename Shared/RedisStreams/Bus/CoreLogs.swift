import MessageBus

/// The core logs this process reads for subscribers without a queue group, each once, however many subscribers it has.
/// On the loop's thread only.
final class CoreLogs: @unchecked Sendable {
    // Why unchecked: touched on the loop's thread only.

    typealias Subscriber = CoreLogSink.Subscriber

    /// How often logs that are new are looked for while somebody listens to all of them.
    static let refresh = Duration.seconds(1)

    private let context: BusContext
    private let cursors: CursorReader
    private var sinks: [String: CoreLogSink] = [:]
    /// Who listens to all logs.
    private var everywhere: [Int: Subscriber] = [:]
    private var makeFeed: (() -> Int)?
    private var isLooking = false

    init(_ context: BusContext, _ cursors: CursorReader) {
        self.context = context
        self.cursors = cursors
    }

    /// Adds a subscriber of one log; `feed` is the log's number with the cursor reader, if it is not read yet.
    func add(_ id: Int, _ subscriber: Subscriber, _ token: String, feed: Int) {
        sink(token, after: subscriber.since, feed: feed).add(id, subscriber)
    }

    func remove(_ id: Int, _ token: String) {
        guard let sink = sinks[token], sink.remove(id) else { return }
        sinks[token] = nil
        cursors.remove(sink.feed)
    }

    /// Adds a subscriber of all logs: those known now, by token with their ends, and those that come.
    func addEverywhere(
        _ id: Int,
        _ subscriber: Subscriber,
        after ends: [String: StreamID],
        makeFeed: @escaping () -> Int
    ) {
        for (token, end) in ends {
            let here = Subscriber(filter: subscriber.filter, since: end, mailbox: subscriber.mailbox)
            sink(token, after: end, feed: makeFeed()).add(id, here)
        }
        everywhere[id] = subscriber
        self.makeFeed = makeFeed
        look()
    }

    func removeEverywhere(_ id: Int) {
        everywhere[id] = nil
        for token in sinks.keys { remove(id, token) }
    }

    func finish() {
        for sink in sinks.values { sink.finish() }
        for subscriber in everywhere.values { subscriber.mailbox.finish() }
        everywhere.removeAll()
    }

    /// The log's sink. A new one also serves who listens to all logs.
    private func sink(_ token: String, after start: StreamID, feed: Int) -> CoreLogSink {
        if let sink = sinks[token] { return sink }
        let sink = CoreLogSink(context, feed: feed)
        sinks[token] = sink
        for (id, subscriber) in everywhere { sink.add(id, subscriber) }
        let first = everywhere.values.map(\.since).min().map { min($0, start) } ?? start
        cursors.add(feed, key: context.keys.core(token), after: first, sink, watchesGaps: false)
        return sink
    }

    /// Looks for logs that are new, again and again while somebody listens to all of them.
    private func look() {
        guard !isLooking, !everywhere.isEmpty else { return }
        isLooking = true
        context.loop.schedule(after: Self.refresh) {
            self.context.command.submit(KnownTokens.all(self.context)) { answer in
                self.isLooking = false
                if case .success(var cursor) = answer {
                    for token in cursor.value().elements.compactMap(\.text) where self.sinks[token] == nil {
                        guard let makeFeed = self.makeFeed, let since = self.everywhere.values.map(\.since).min() else {
                            return
                        }
                        _ = self.sink(token, after: since, feed: makeFeed())
                    }
                }
                self.look()
            }
        }
    }
}
