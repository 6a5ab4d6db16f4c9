import ArgumentParser
import MessageBus

/// A message as arguments.
struct MessageArguments: ParsableArguments, Sendable {
    @Argument(help: "Where it goes.", transform: Arguments.subject)
    var subject: Subject

    @Argument(help: "What it says; - reads it from standard input, nothing means an empty body.")
    var body: String?

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: ArgumentHelp("A header; may be repeated.", valueName: "name:value")
    )
    var headers: [String] = []

    func validate() throws {
        var read = MessageHeaders()
        try Arguments.headers(headers, into: &read)
    }

    func message(with tool: Tool) async throws -> BusMessage {
        var message = BusMessage(subject: subject)
        try Arguments.headers(headers, into: &message.headers)
        message.body = try await tool.body(body)
        return message
    }
}
