import ArgumentParser
import Console
import MessageBus
import ServiceRuntime

/// The bus at a glance, again and again.
struct TopCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows streams, consumers and instances with their rates, and keeps showing them."
    )

    @OptionGroup var options: ToolOptions

    @Option(help: "The time between two looks.", transform: Arguments.duration)
    var interval: Duration = .seconds(1)

    @Flag(help: "Look twice, show once, end.")
    var once = false

    var isEndless: Bool { !once }

    func perform(with tool: Tool) async throws {
        let terminal = tool.isJSON || once ? nil : tool.terminal
        var sample = try await TopSample.take(of: tool.bus)
        if let terminal {
            tool.write(Terminal.enter)
            tool.write(terminal.frame(view(sample, since: nil, tool).lines))
        }
        defer { if terminal != nil { tool.write(Terminal.leave) } }
        repeat {
            try await Task.sleep(for: interval)
            let next: TopSample
            do {
                next = try await TopSample.take(of: tool.bus)
            } catch let error as BusError where error.isRetryable && !once {
                // It comes back, and then this goes on.
                try show(["store-bus: \(ToolError.line(error))"], ["error": .string(error.message)], tool, terminal)
                continue
            }
            let view = view(next, since: sample, tool)
            try show(view.lines, view.json, tool, terminal)
            sample = next
        } while !once && !Task.isCancelled
    }

    private func view(_ sample: TopSample, since before: TopSample?, _ tool: Tool) -> TopView {
        TopView(place: tool.place, sample: sample, rates: before.map { TopRates(from: $0, to: sample) })
    }

    private func show(_ lines: [String], _ json: JSONValue, _ tool: Tool, _ terminal: Terminal?) throws {
        if let terminal { return tool.write(terminal.frame(lines)) }
        try tool.show(once ? lines : lines + [""], [json])
    }
}
