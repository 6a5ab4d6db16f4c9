import ArgumentParser
import MessageBus
import RedisStreams
import ServiceLifecycle

/// Has all a service has, and nothing to do: prints the processor time it took for it.
struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "idle")

    @OptionGroup var options: WorkerOptions
    /// How long, in milliseconds, after a second of coming to rest.
    @Option var time = 10_000

    func run() async throws {
        _ = Leash.hold()
        let bus = try options.makeBus()
        var rest: [@Sendable () -> Void] = []
        let news = try await bus.subscribe(to: try SubjectFilter("news.>"), queueGroup: nil)
        rest.append { news.cancel() }
        let responder = RequestResponder(
            bus: bus,
            filter: try SubjectFilter("idle.>"),
            queueGroup: "idle",
            logger: WorkerOptions.logger
        ) { $0 }
        let serving = Task { try await responder.run() }
        rest.append { serving.cancel() }
        try await bus.ensureStream(
            StreamConfiguration(name: "CHAOS", subjects: try SubjectFilter("chaos.>"), retention: .workQueue)
        )
        for durable in ["one", "two"] {
            let deliveries = try await bus.consume(ConsumerConfiguration(stream: "CHAOS", durable: durable))
            rest.append { deliveries.cancel() }
        }
        try await Task.sleep(for: .seconds(1))
        let (cpu, began) = (ProcessUsage.processorTime, ContinuousClock.now)
        try await Task.sleep(for: .milliseconds(time))
        let share = (ProcessUsage.processorTime - cpu) / (ContinuousClock.now - began)
        WorkerLine(event: "idle", value: share).print()
        for end in rest { end() }
        await bus.drain(within: .seconds(2))
    }
}
