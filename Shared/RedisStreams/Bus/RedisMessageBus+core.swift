package import MessageBus
import Synchronization

extension RedisMessageBus {
    /// Returns as soon as the message is on its way, as NATS does; what becomes of it is counted. Waits only while too
    /// much is under way, or for Redis to come back within the grace.
    package func publish(_ message: BusMessage) async throws {
        try checkOpen()
        try check(message)
        let command = CorePublish.command(message, context)
        let statistics = context.statistics
        statistics.add(.published)
        guard context.command.isOnline else {
            _ = try await execute(command)
            return
        }
        await context.command.room()
        context.command.submit(command) { answer in
            if case .failure = answer { statistics.add(.publishFailures) }
        }
    }

    package func subscribe(to filter: SubjectFilter, queueGroup: String?) async throws -> BusSequence<BusMessage> {
        try checkTaking()
        guard let token = filter.firstToken else {
            throw BusError(.invalidSubject, "a subscription's first token is no wildcard: it names the log to read")
        }
        do {
            guard let queueGroup else { return try await subscribe(to: filter, token) }
            try BusKeys.validate(queueGroup, what: "queue group")
            return try await subscribe(to: filter, token, group: queueGroup)
        } catch {
            throw BusError.from(error)
        }
    }

    private func subscribe(to filter: SubjectFilter, _ token: String) async throws -> BusSequence<BusMessage> {
        let since = try await lastID(of: context.keys.core(token))
        let mailbox = Mailbox<BusMessage>()
        let (id, feed) = (makeID(), makeID())
        let (context, cursors) = (self.context, self.cursors)
        await onLoop {
            let sink = self.state.withLock { state -> (CoreLogSink, isNew: Bool) in
                if let sink = state.coreLogs[token] { return (sink, false) }
                let sink = CoreLogSink(context, feed: feed)
                state.coreLogs[token] = sink
                return (sink, true)
            }
            sink.0.add(id, .init(filter: filter, since: since, mailbox: mailbox))
            if sink.isNew {
                cursors.add(feed, key: context.keys.core(token), after: since, sink.0, watchesGaps: false)
            }
        }
        return BusSequence(mailbox) {
            context.loop.submit {
                mailbox.finish()
                guard let sink = self.state.withLock({ $0.coreLogs[token] }), sink.remove(id) else { return }
                self.state.withLock { $0.coreLogs[token] = nil }
                cursors.remove(sink.feed)
            }
        }
    }

    /// Where a stream ends now.
    func lastID(of key: [UInt8]) async throws -> StreamID {
        do {
            let info = try await context.command.execute(
                RedisCommand("XINFO", "STREAM", String(decoding: key, as: UTF8.self))
            )
            return info.fields["last-generated-id"]?.text.flatMap { StreamID($0) } ?? .zero
        } catch let error as RedisError where error.code == .reply {
            // "no such key": nothing was ever published.
            return .zero
        }
    }

    private func subscribe(
        to filter: SubjectFilter,
        _ token: String,
        group: String
    ) async throws -> BusSequence<BusMessage> {
        let key = String(decoding: context.keys.core(token), as: UTF8.self)
        do {
            _ = try await context.command.execute(RedisCommand("XGROUP", "CREATE", key, group, "$", "MKSTREAM"))
        } catch let error as RedisError where error.code == .groupExists {
            // Another member made it.
        }
        let id = makeID()
        let context = self.context
        let reader = state.withLock { state -> QueueGroupReader in
            if let reader = state.queueGroups[group] { return reader }
            let reader = QueueGroupReader(group: group, context: context)
            state.queueGroups[group] = reader
            return reader
        }
        let mailbox = reader.makeMailbox()
        await onLoop { reader.add(id, .init(filter: filter, token: token, mailbox: mailbox)) }
        let interest = Interest(instance: instance, group: group, filter: filter)
        let presence = self.presence
        let cancel = Once {
            presence.remove(interest, token: token)
            context.loop.submit { reader.remove(id) }
        }
        do {
            try await presence.add(interest, token: token)
        } catch {
            cancel.perform()
            throw error
        }
        return BusSequence(mailbox) { cancel.perform() }
    }
}
