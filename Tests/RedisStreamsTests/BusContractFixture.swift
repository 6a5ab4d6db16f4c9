import MessageBus
import TestSupport
import Testing

/// The stream `EVENTS` and its consumers, as the contract's tests use them.
enum BusContractFixture {
    static func consumer(
        _ durable: String = "worker",
        filters: [String] = [],
        from policy: ConsumerConfiguration.DeliverPolicy = .all,
        wait: Duration = .seconds(30),
        backoff: [Duration] = [],
        maximum: Int = 0,
        inFlight: Int = 64,
        pending: Int? = nil
    ) throws -> ConsumerConfiguration {
        ConsumerConfiguration(
            stream: "EVENTS",
            durable: durable,
            filters: try filters.map { try SubjectFilter($0) },
            deliverPolicy: policy,
            acknowledgeWait: wait,
            backoff: backoff,
            maximumDeliveries: maximum,
            maximumInFlight: inFlight,
            maximumAcknowledgePending: pending
        )
    }

    /// A new bus that knows the stream.
    static func open(_ cell: BusContractCell, _ retention: StreamConfiguration.Retention = .workQueue)
        async throws -> any BusAdministration
    {
        let bus = try cell.makeBus()
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", retention))
        return bus
    }

    /// Appends one message for each name, to `events.<name>`.
    @discardableResult
    static func fill(_ bus: any MessageBus, _ names: [String]) async throws -> [StreamID] {
        var ids: [StreamID] = []
        for name in names {
            ids.append(try await bus.append(try BusContractStreamTests.message(name), to: "EVENTS").id)
        }
        return ids
    }

    /// Works through a consumer and acknowledges all it gets.
    static func acknowledging(_ bus: any MessageBus, _ consumer: ConsumerConfiguration) async throws
        -> BusProbe<Delivery>
    {
        BusProbe(try await bus.consume(consumer)) { delivery in
            do { _ = try await delivery.ackSync() } catch { Issue.record(error) }
        }
    }

    /// Lets time pass in which something must not happen.
    static func elapse(_ duration: Duration) async throws { try await Task.sleep(for: duration) }

    /// The only consumer of the stream, as the administration sees it.
    static func info(_ bus: any BusAdministration) async throws -> ConsumerInfo {
        let all = try await bus.consumers(of: "EVENTS")
        return try #require(all.count == 1 ? all[0] : nil)
    }
}
