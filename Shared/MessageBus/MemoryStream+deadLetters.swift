extension MemoryStream {
    /// Makes a message a dead letter; the first line of `reason` is the reason, what follows it the error.
    mutating func bury(_ id: StreamID, of durable: String, deliveries: Int, reason: String, now: UInt64) {
        var dead = stored(id)?.message ?? tombstone
        dead.headers.fields.removeAll { $0.isHistory }
        let lines = reason.split(maxSplits: 1, whereSeparator: \.isNewline).map(String.init)
        let last = lastDeadID
        let place =
            now > last.milliseconds
            ? StreamID(milliseconds: now, sequence: 0)
            : StreamID(milliseconds: last.milliseconds, sequence: last.sequence + 1)
        lastDeadID = place
        var history: [(String, String)] = [
            (MessageHeaders.Name.deadStream, configuration.name), (MessageHeaders.Name.deadSequence, "\(id)"),
            (MessageHeaders.Name.deadConsumer, durable), (MessageHeaders.Name.deadDeliveries, "\(deliveries)"),
            (MessageHeaders.Name.deadReason, lines.first ?? ""),
            (MessageHeaders.Name.deadFirstSeen, "\(id.milliseconds)"), (MessageHeaders.Name.deadTime, "\(now)"),
        ]
        if lines.count > 1 { history.append((MessageHeaders.Name.deadError, lines[1])) }
        for (name, value) in history {
            let clean = String(value.map { $0.isNewline ? " " : $0 })
            dead.headers.fields.append(.init(name: name, value: clean))
        }
        deadLetters.append(StoredMessage(id: place, message: dead))
        note(.deadLetters(stream: configuration.name, consumer: durable, count: 1))
    }

    /// Stands for a message that is gone.
    private var tombstone: BusMessage { BusMessage(subject: Subject(trusted: "_DLQ.gone")) }

    mutating func redrive(_ id: StreamID, now: UInt64) throws -> AppendReceipt {
        guard let index = deadLetters.firstIndex(where: { $0.id == id }) else {
            throw BusError(.messageNotFound, "stream \(configuration.name) has no dead letter \(id)")
        }
        var message = deadLetters[index].message
        guard message.subject.firstToken != "_DLQ" else {
            throw BusError(.refused, "dead letter \(id) only marks a message that is gone or cannot be read")
        }
        let times = message.headers[MessageHeaders.Name.redrive].flatMap { Int($0) } ?? 0
        let messageID = message.headers[MessageHeaders.Name.messageID]
        message.headers.remove(MessageHeaders.Name.redrive)
        message.headers.remove(MessageHeaders.Name.messageID)
        message.headers.fields.removeAll { $0.isHistory }
        if let messageID {
            message.headers.remove(MessageHeaders.Name.formerMessageID)
            try message.headers.add(MessageHeaders.Name.formerMessageID, messageID)
        }
        try message.headers.add(MessageHeaders.Name.redrive, "\(times + 1)")
        deadLetters.remove(at: index)
        let receipt = store(message, now: now)
        for durable in consumers.keys { pump(durable, now: now) }
        return receipt
    }
}

extension MessageHeaders.Field {
    /// Whether it tells of a death.
    fileprivate var isHistory: Bool {
        name.utf8.count >= MessageHeaders.Name.deadPrefix.utf8.count
            && name.prefix(MessageHeaders.Name.deadPrefix.count).lowercased()
                == MessageHeaders.Name.deadPrefix.lowercased()
    }
}
