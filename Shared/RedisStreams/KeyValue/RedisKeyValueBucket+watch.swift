import MessageBus
import Synchronization

extension RedisKeyValueBucket {
    /// How often keys whose time is over are looked for while somebody watches; writes do so by the way.
    private static let sweepInterval = Duration.milliseconds(500)

    func watch(_ filter: SubjectFilter?) async throws -> BusSequence<KeyValueUpdate> {
        try bus.checkTaking()
        let snapshot = KeyValueSnapshot(try await snapshot(names: false))
        let (context, cursors, id) = (bus.context, bus.cursors, bus.makeID())
        let isOver = SharedFlag()
        let resync = Resync()
        let sink = KeyValueWatchSink(
            prefix: prefix,
            filter: filter,
            context: context,
            onRoom: { context.loop.submit { cursors.wake() } },
            resync: { resync.perform() }
        )
        resync.prepare { self.catchUp(sink, isOver) }
        bus.state.withLock { $0.watches[id] = sink.mailbox }
        await bus.onLoop {
            sink.begin(snapshot)
            cursors.add(id, key: self.keys.log, after: snapshot.last, sink, watchesGaps: true)
            self.sweep(isOver)
        }
        return BusSequence(next: { try await sink.mailbox.next() }) {
            isOver.set()
            _ = self.bus.state.withLock { $0.watches.removeValue(forKey: id) }
            context.loop.submit {
                cursors.remove(id)
                sink.mailbox.finish()
            }
        }
    }

    // MARK: - On the loop's thread

    /// Asks for all keys anew, until they are told or nobody watches any more.
    private func catchUp(_ sink: KeyValueWatchSink, _ isOver: SharedFlag) {
        guard !isOver.isSet else { return }
        let context = bus.context
        context.command.submit(
            .keyValueSnapshot,
            keys: [keys.values, keys.expiry, keys.log],
            argumentCount: 1,
            arguments: { $0.add("0") },
            { answer in
                guard case .success(var cursor) = answer else {
                    context.loop.schedule(after: .milliseconds(200)) { self.catchUp(sink, isOver) }
                    return
                }
                sink.catchUp(KeyValueSnapshot(cursor.value().elements))
                self.bus.cursors.wake()
            }
        )
    }

    private func sweep(_ isOver: SharedFlag) {
        guard !isOver.isSet, !bus.state.withLock({ $0.isClosed }) else { return }
        let context = bus.context
        let (prefix, length) = (self.prefix, logLength)
        context.command.submit(
            .keyValueSweep,
            keys: [keys.values, keys.log, keys.history, keys.expiry],
            argumentCount: 3,
            arguments: { command in
                command.add(prefix)
                command.add(length)
                command.add(64)
            },
            { _ in context.loop.schedule(after: Self.sweepInterval) { self.sweep(isOver) } }
        )
    }
}

/// What a sink does when it has lost its place; known only after the sink.
private final class Resync: Sendable {
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    func prepare(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }
    func perform() { action.withLock { $0 }?() }
}
