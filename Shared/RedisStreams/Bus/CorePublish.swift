import MessageBus

/// How a message enters the core plane.
enum CorePublish {
    /// The first token of reply subjects: `_INBOX.<instance>.<number>`.
    static let inboxToken = "_INBOX"
    /// Answers a lagging process may still find; the heartbeat trims what it has read.
    static let inboxLength = 10_000
    /// The first token of what asks services who they are, and how many of these requests are kept.
    static let serviceToken = "$SRV"
    static let serviceLogLength = 256

    /// Into an inbox only while it exists: a requester that is gone gets no new one.
    static func command(_ message: BusMessage, _ context: BusContext) -> RedisCommand {
        let block = message.headers.block
        let token = message.subject.firstToken
        let size = 256 + block.count + message.body.count
        if token == inboxToken {
            var command = RedisCommand(count: 15, capacity: size)
            command.add("XADD")
            command.add(context.keys.inbox(inbox(of: message.subject)))
            command.add("NOMKSTREAM")
            command.add("MAXLEN")
            command.add("~")
            command.add(inboxLength)
            command.add("*")
            command.add(fieldsOf: message, block: block)
            return command
        }
        context.tokens.note(token, context)
        var command = RedisCommand(count: 14, capacity: size)
        command.add("XADD")
        command.add(context.keys.core(token))
        command.add("MAXLEN")
        command.add("~")
        command.add(token == serviceToken ? serviceLogLength : context.configuration.coreLogLength)
        command.add("*")
        command.add(fieldsOf: message, block: block)
        return command
    }

    /// The second token: whose inbox it is.
    private static func inbox(of subject: Subject) -> Substring {
        let rest = subject.description.dropFirst(inboxToken.count + 1)
        return rest.prefix { $0 != "." }
    }
}
