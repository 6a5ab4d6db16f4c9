package import MessageBus
import Synchronization

extension RedisMessageBus {
    package func follow(
        _ stream: String,
        filters: [SubjectFilter],
        from start: FollowStart
    ) async throws -> BusSequence<StoredMessage> {
        try checkTaking()
        do {
            _ = try await streams.configuration(of: stream)
            let key = context.keys.log(stream)
            let (cursor, position) = try await place(of: start, in: key)
            let id = makeID()
            let (context, cursors) = (self.context, self.cursors)
            let sink = FollowSink(stream: stream, filters: filters, context: context) {
                context.loop.submit { cursors.wake() }
            }
            state.withLock { $0.follows[id] = sink.mailbox }
            await onLoop {
                cursors.add(id, key: key, after: cursor, sink, watchesGaps: true, position: position)
            }
            return BusSequence(next: { try await sink.mailbox.next() }) {
                _ = self.state.withLock { $0.follows.removeValue(forKey: id) }
                context.loop.submit {
                    cursors.remove(id)
                    sink.mailbox.finish()
                }
            }
        } catch {
            throw BusError.from(error)
        }
    }

    private func place(of start: FollowStart, in key: [UInt8]) async throws -> (StreamID, StreamPosition) {
        switch start {
        case .after(let id): return (id, StreamPosition())
        case .new:
            let info = try await information(of: key) ?? [:]
            let last = info["last-generated-id"]?.text.flatMap { StreamID($0) } ?? .zero
            return (last, StreamPosition(passed: info["entries-added"]?.number.map(Int.init) ?? 0))
        }
    }
}
