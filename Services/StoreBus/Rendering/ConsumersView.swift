import Console
import MessageBus
import ServiceRuntime

/// A stream's consumers as they are listed.
struct ConsumersView {
    let consumers: [ConsumerInfo]
    let now: UInt64

    var lines: [String] {
        var table = TextTable(
            [
                "CONSUMER", "PENDING", "WAITING", "REDELIVERED", "LAG", "LAST DELIVERED", "LIVE", "ACK WAIT",
                "MAX DELIVER",
            ],
            numbers: ["PENDING", "WAITING", "REDELIVERED", "LAG", "LIVE", "ACK WAIT", "MAX DELIVER"]
        )
        for consumer in consumers {
            let configuration = consumer.configuration
            table.add(
                consumer.name,
                HumanUnits.count(consumer.pending),
                HumanUnits.count(consumer.waiting),
                HumanUnits.count(consumer.redelivered),
                consumer.lag.map(HumanUnits.count) ?? "?",
                Self.place(consumer.lastDelivered, now: now),
                Self.live(consumer),
                configuration.map { HumanUnits.span(milliseconds: Int64($0.acknowledgeWait / .milliseconds(1))) }
                    ?? "-",
                configuration.map { $0.maximumDeliveries > 0 ? "\($0.maximumDeliveries)" : "ever" } ?? "-"
            )
            for member in consumer.members {
                table.add("  \(member.name)", HumanUnits.count(member.pending), "", "", "", member.isLive ? "" : "gone")
            }
        }
        return table.lines(empty: "no consumers")
    }

    var json: [JSONValue] { consumers.map(Self.json) }

    static func json(_ consumer: ConsumerInfo) -> JSONValue {
        [
            "name": .string(consumer.name),
            "stream": .string(consumer.stream),
            "pending": JSONValue(consumer.pending),
            "waiting": JSONValue(consumer.waiting),
            "redelivered": JSONValue(consumer.redelivered),
            "lag": JSONValue(consumer.lag),
            "lastDelivered": JSONValue(consumer.lastDelivered == .zero ? nil : consumer.lastDelivered),
            "acknowledgeFloor": JSONValue(consumer.acknowledgeFloor == .zero ? nil : consumer.acknowledgeFloor),
            "members": .array(
                consumer.members.map {
                    ["name": .string($0.name), "pending": JSONValue($0.pending), "live": .bool($0.isLive)]
                }
            ),
            "configuration": consumer.configuration.map(configuration) ?? .null,
        ]
    }

    private static func configuration(_ configuration: ConsumerConfiguration) -> JSONValue {
        [
            "filters": .array(configuration.filters.map { .string($0.description) }),
            "acknowledgeWaitMilliseconds": JSONValue(configuration.acknowledgeWait),
            "backoffMilliseconds": .array(configuration.backoff.map { JSONValue($0) }),
            "maximumDeliveries": JSONValue(configuration.maximumDeliveries),
            "maximumInFlight": JSONValue(configuration.maximumInFlight),
            "maximumAcknowledgePending": JSONValue(configuration.maximumAcknowledgePending),
        ]
    }

    /// Live members of all. Redis knows a member only once it was given something: before, who works is not known.
    static func live(_ consumer: ConsumerInfo) -> String {
        if consumer.members.isEmpty { return "-" }
        return "\(consumer.members.filter(\.isLive).count)/\(consumer.members.count)"
    }

    private static func place(_ id: StreamID, now: UInt64) -> String {
        id == .zero ? "nothing" : "\(id) (\(HumanUnits.age(id, now: now)))"
    }
}
