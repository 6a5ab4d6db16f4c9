package import MessageBus

extension RedisMessageBus: MessageScheduling {
    package func schedule(
        _ message: BusMessage,
        to stream: String,
        at time: UInt64,
        id: String
    ) async throws -> Bool {
        try checkTaking()
        try check(message)
        let message = try Scheduling.prepare(message, id: id)
        do {
            let configuration = try await streams.configuration(of: stream)
            guard configuration.subjects.matches(message.subject) else {
                throw BusError(.unknownStream, "stream \(stream) does not take \(message.subject)")
            }
            await context.command.room()
            let answer = try await keep(message, stream, time, id)
            mover.expect(at: time)
            return answer
        } catch {
            throw BusError.from(error)
        }
    }

    private func keep(_ message: BusMessage, _ stream: String, _ time: UInt64, _ id: String) async throws -> Bool {
        let block = message.headers.block
        let keys = context.keys
        return try await withCheckedThrowingContinuation { continuation in
            context.command.submit(
                .schedule,
                keys: [keys.schedule, keys.scheduledMessages, keys.scheduleDone],
                argumentCount: 7,
                capacity: 320 + block.count + message.body.count
            ) { command in
                command.add(id)
                command.add(String(time))
                command.add(stream)
                command.add(message.subject.description)
                command.add(message.reply?.description ?? "")
                command.add(block)
                command.add(message.body)
            } _: { answer in
                continuation.resume(
                    with: answer.map { cursor in
                        var cursor = cursor
                        return cursor.integer() == 1
                    }.mapError { $0 as any Error }
                )
            }
        }
    }

    package func cancelSchedule(_ id: String) async throws -> Bool {
        try checkOpen()
        let keys = [context.keys.schedule, context.keys.scheduledMessages]
        do {
            return try await context.command.run(.cancelSchedule, keys: keys, [id]).number == 1
        } catch {
            throw BusError.from(error)
        }
    }

    package func scheduled(limit: Int) async throws -> [ScheduledMessage] {
        try checkOpen()
        do {
            return try await DueMessages.ask(context, limit: limit, until: "+inf").messages
        } catch {
            throw BusError.from(error)
        }
    }
}

/// What the schedule says.
struct DueMessages {
    /// The server's time, in milliseconds.
    let now: UInt64
    /// When something is due that is not yet.
    let next: UInt64?
    let messages: [ScheduledMessage]

    /// Asks for what is due until a time, or until now.
    static func ask(_ context: BusContext, limit: Int, until: String = "") async throws -> DueMessages {
        let keys = [context.keys.schedule, context.keys.scheduledMessages]
        let answer = try await context.command.run(.scheduled, keys: keys, [until, String(max(0, limit))]).elements
        guard answer.count >= 2, let now = answer[0].number else {
            throw RedisError(.unexpectedReply, "a schedule begins with the time")
        }
        let messages = stride(from: 2, to: answer.count - 3, by: 4).compactMap { index -> ScheduledMessage? in
            guard let id = answer[index].text, let stream = answer[index + 1].text,
                let due = answer[index + 2].text.flatMap(Double.init), let attempts = answer[index + 3].number
            else { return nil }
            return ScheduledMessage(id: id, stream: stream, due: UInt64(max(0, due)), attempts: Int(attempts))
        }
        return DueMessages(now: UInt64(now), next: answer[1].text.flatMap(UInt64.init), messages: messages)
    }
}
