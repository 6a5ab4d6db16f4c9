import ArgumentParser
import Console
import MessageBus
import ServiceRuntime

/// Asks, and shows the answer or all answers.
struct RequestCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Sends a request and shows its answer; ends with 1 where the answer is an error."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var content: MessageArguments

    @Option(help: "How long to wait.", transform: Arguments.duration)
    var timeout: Duration = .seconds(2)

    @Flag(help: "Show every answer that comes before the timeout.")
    var many = false

    func perform(with tool: Tool) async throws {
        let message = try await content.message(with: tool)
        let began = ContinuousClock.now
        guard many else {
            let answer = try await tool.bus.request(message, timeout: timeout)
            try show(answer, after: began.duration(to: .now), tool)
            return try Self.check(answer)
        }
        let answers = try await tool.bus.requestMany(message, RequestManyLimits(timeout: timeout))
        var count = 0
        for try await answer in answers {
            count += 1
            try show(answer, after: began.duration(to: .now), tool)
        }
        if count == 0 { throw ToolError("no answer within \(HumanUnits.latency(timeout))") }
    }

    private func show(_ answer: BusMessage, after time: Duration, _ tool: Tool) throws {
        var json = MessageView(message: answer).json
        json["milliseconds"] = JSONValue(time)
        try tool.show(MessageView(message: answer).lines + ["  after \(HumanUnits.latency(time))", ""], [json])
    }

    /// NATS' services tell errors by headers.
    private static func check(_ answer: BusMessage) throws {
        guard let code = answer.headers[MessageHeaders.Name.serviceErrorCode] else { return }
        let text = answer.headers[MessageHeaders.Name.serviceError] ?? ""
        throw ToolError("the answer is error \(code)\(text.isEmpty ? "" : ": \(text)")")
    }
}
