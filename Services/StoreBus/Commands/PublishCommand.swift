import ArgumentParser
import Console
import MessageBus
import RedisStreams
import ServiceRuntime

/// Sends one message, on the core plane or into a stream.
struct PublishCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "pub",
        abstract: "Sends a message to whoever listens now, or with --stream into a stream."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var content: MessageArguments

    @Option(help: "Store it in this stream.")
    var stream: String?

    @Option(help: "The message's id (Nats-Msg-Id): stored once within the stream's window.")
    var id: String?

    func validate() throws {
        if id != nil, stream == nil { throw ValidationError("--id has a meaning only with --stream") }
    }

    func perform(with tool: Tool) async throws {
        var message = try await content.message(with: tool)
        guard let stream else { return try await publish(message, tool) }
        if let id { try message.headers.set(MessageHeaders.Name.messageID, id) }
        let receipt = try await tool.bus.append(message, to: stream)
        try tool.show(
            ["\(receipt.id)\(receipt.isDuplicate ? "  duplicate: it was stored before" : "")"],
            [["id": JSONValue(receipt.id), "duplicate": .bool(receipt.isDuplicate), "stream": .string(stream)]]
        )
    }

    /// Sending does not wait for an answer, so what became of it is asked for afterwards.
    private func publish(_ message: BusMessage, _ tool: Tool) async throws {
        let failures = { tool.bus.statistics.snapshot[.publishFailures] ?? 0 }
        let before = failures()
        try await tool.bus.publish(message)
        _ = try await tool.bus.ping()
        guard failures() == before else { throw ToolError("Redis did not take the message") }
        try tool.show(
            ["sent \(HumanUnits.size(message.body.count)) to \(message.subject)"],
            [["subject": .string(message.subject.description), "size": JSONValue(message.body.count)]]
        )
    }
}
