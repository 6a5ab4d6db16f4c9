import ArgumentParser
import MessageBus
import ServiceRuntime

/// Whether Redis answers, and every instance of every service.
struct PingCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Measures the way to Redis and to every instance of the services."
    )

    @OptionGroup var options: ToolOptions

    @Option(help: "How long to wait for instances.", transform: Arguments.duration)
    var wait: Duration = .seconds(1)

    func perform(with tool: Tool) async throws {
        // The first one pays for connecting.
        _ = try await tool.bus.ping()
        let server = try await tool.bus.ping()
        let instances = try await ServiceSurvey.ping(tool.bus, within: wait)
        let view = PingView(place: tool.place, server: server, instances: instances)
        try tool.show(view.lines, [view.json])
    }
}
