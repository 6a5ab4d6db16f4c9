import ArgumentParser
import Glibc
import MessageBus
import RedisStreams
import ServiceLifecycle
import UnixSignals

/// Works through a durable consumer as a service does, and drains on SIGTERM.
struct ConsumeCommand: AsyncParsableCommand {
    enum Behaviour: String, ExpressibleByArgument {
        /// Acknowledges after `handle` milliseconds.
        case ack
        /// Takes a message and never comes back.
        case hang
        /// Ends the process in the middle of a message that says `poison`.
        case poison
        /// Has messages delivered to it and never looks at one.
        case never
    }

    static let configuration = CommandConfiguration(commandName: "consume")

    @OptionGroup var options: WorkerOptions
    @Option var durable = "worker"
    @Option var behaviour = Behaviour.ack
    @Option var handle = 0
    @Option var ackWait = 30_000
    @Option var maxDeliver = 0
    @Option var inFlight = 16
    /// Also answers requests of this subject.
    @Option var respond: String?

    func run() async throws {
        _ = Leash.hold()
        let bus = try options.makeBus()
        let stream = StreamConfiguration(
            name: "CHAOS",
            subjects: try SubjectFilter("chaos.>"),
            retention: .workQueue
        )
        let consumer = ConsumerConfiguration(
            stream: stream.name,
            durable: durable,
            acknowledgeWait: .milliseconds(ackWait),
            maximumDeliveries: maxDeliver,
            maximumInFlight: inFlight
        )
        var services: [any Service] = [bus]
        if behaviour == .never {
            try await bus.ensureStream(stream)
            services.append(Holder(deliveries: try await bus.consume(consumer)))
        } else {
            let (behaviour, pause) = (behaviour, Duration.milliseconds(handle))
            services.append(
                ConsumerRunner(
                    bus: bus,
                    stream: stream,
                    consumer: consumer,
                    concurrency: inFlight,
                    logger: WorkerOptions.logger
                ) { try await Self.handle($0, behaviour, pause) }
            )
        }
        if let respond {
            services.append(
                RequestResponder(
                    bus: bus,
                    filter: try SubjectFilter(respond),
                    queueGroup: "worker",
                    logger: WorkerOptions.logger
                ) { $0 }
            )
        }
        WorkerLine(event: "ready", instance: bus.instance).print()
        let group = ServiceGroup(
            services: services,
            gracefulShutdownSignals: [.sigterm],
            logger: WorkerOptions.logger
        )
        try await group.run()
        WorkerLine(event: "drained", instance: bus.instance).print()
    }

    private static func handle(_ delivery: Delivery, _ behaviour: Behaviour, _ pause: Duration) async throws
        -> Disposition
    {
        var line = WorkerLine(event: "taken")
        line.body = String(decoding: delivery.message.body, as: UTF8.self)
        line.id = delivery.id.description
        line.deliveries = delivery.deliveries
        line.print()
        if behaviour == .poison, line.body?.contains("poison") == true { kill(getpid(), SIGKILL) }
        if behaviour == .hang { try await Task.sleep(for: .seconds(600)) }
        if pause > .zero { try await Task.sleep(for: pause) }
        line.event = "handled"
        line.print()
        return .ack
    }
}

/// Keeps a sequence without reading it.
private struct Holder: Service {
    let deliveries: BusSequence<Delivery>

    func run() async throws {
        // Being cancelled is the end as well.
        do { try await gracefulShutdown() } catch {}
        deliveries.cancel()
    }
}
