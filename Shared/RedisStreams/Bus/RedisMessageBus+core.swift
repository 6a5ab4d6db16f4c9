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
        do {
            guard let queueGroup else {
                guard let token = filter.firstToken else { return try await subscribe(toAnyToken: filter) }
                return try await subscribe(to: filter, token)
            }
            guard let token = filter.firstToken else {
                throw BusError(.invalidSubject, "a queue group's first token is no wildcard: it names the log to read")
            }
            try BusKeys.validate(queueGroup, what: "queue group")
            return try await subscribe(to: filter, token, group: queueGroup)
        } catch {
            throw BusError.from(error)
        }
    }

    private func subscribe(to filter: SubjectFilter, _ token: String) async throws -> BusSequence<BusMessage> {
        context.tokens.note(token, context)
        let since = try await lastID(of: context.keys.core(token))
        let mailbox = Mailbox<BusMessage>()
        let (id, feed) = (makeID(), makeID())
        let (context, coreLogs, presence) = (self.context, self.coreLogs, self.presence)
        await onLoop { coreLogs.add(id, .init(filter: filter, since: since, mailbox: mailbox), token, feed: feed) }
        let interest = Interest(instance: instance, group: "", filter: filter)
        let cancel = Once {
            presence.remove(interest, token: token)
            context.loop.submit {
                mailbox.finish()
                coreLogs.remove(id, token)
            }
        }
        do {
            try await presence.add(interest, token: token)
        } catch {
            cancel.perform()
            throw error
        }
        return BusSequence(next: { try await mailbox.next() }) { cancel.perform() }
    }

    /// For tools: reads the logs of all first tokens there are; a new one is found within `CoreLogs.refresh`, with all
    /// that came since this call. Says nothing about interest, so it makes nobody a responder.
    private func subscribe(toAnyToken filter: SubjectFilter) async throws -> BusSequence<BusMessage> {
        let start = StreamID(milliseconds: try await serverMilliseconds(), sequence: 0).predecessor
        var ends: [String: StreamID] = [:]
        for token in try await context.command.execute(KnownTokens.all(context)).elements.compactMap(\.text) {
            ends[token] = try await lastID(of: context.keys.core(token))
        }
        let mailbox = Mailbox<BusMessage>()
        let id = makeID()
        let (context, coreLogs) = (self.context, self.coreLogs)
        await onLoop { [ends] in
            coreLogs.addEverywhere(id, .init(filter: filter, since: start, mailbox: mailbox), after: ends) {
                self.makeID()
            }
        }
        return BusSequence(next: { try await mailbox.next() }) {
            context.loop.submit {
                mailbox.finish()
                coreLogs.removeEverywhere(id)
            }
        }
    }

    private func serverMilliseconds() async throws -> UInt64 {
        let time = try await context.command.execute(RedisCommand("TIME")).elements.compactMap(\.number)
        guard time.count == 2 else { return context.clock.now }
        return UInt64(time[0]) * 1_000 + UInt64(time[1]) / 1_000
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
        context.tokens.note(token, context)
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
            let reader = QueueGroupReader(group: group, context: context, interests: interests)
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
        return BusSequence(next: { try await mailbox.next() }) { cancel.perform() }
    }
}
