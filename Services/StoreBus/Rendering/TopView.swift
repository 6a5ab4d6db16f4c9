import Console
import MessageBus
import ServiceRuntime

/// The picture that `top` draws.
struct TopView {
    let place: String
    let sample: TopSample
    /// Nil in the first picture.
    let rates: TopRates?

    var lines: [String] {
        [
            "\(place)  \(HumanUnits.time(milliseconds: sample.time))  \(totals)", "",
        ] + streams + [""] + instances
    }

    private var totals: String {
        let consumers = sample.consumers.values.joined()
        return "\(sample.streams.count) streams, \(consumers.count) consumers, \(sample.instances.count) instances, "
            + "\(HumanUnits.count(consumers.reduce(0) { $0 + $1.pending })) pending, "
            + "\(HumanUnits.count(sample.streams.reduce(0) { $0 + $1.deadLetters })) dead"
    }

    private var streams: [String] {
        var table = TextTable(
            ["STREAM", "MESSAGES", "IN/S", "OUT/S", "PENDING", "WAITING", "LAG", "DEAD", "LIVE", "NEWEST"],
            numbers: ["MESSAGES", "IN/S", "OUT/S", "PENDING", "WAITING", "LAG", "DEAD", "LIVE", "NEWEST"]
        )
        for stream in sample.streams {
            let name = stream.configuration.name
            table.add(
                name,
                HumanUnits.count(stream.messages),
                HumanUnits.rate(rates?.appended(to: name)),
                "",
                "",
                "",
                "",
                HumanUnits.count(stream.deadLetters),
                "",
                HumanUnits.age(stream.last, now: sample.time)
            )
            for consumer in sample.consumers[name] ?? [] {
                table.add(
                    "  \(consumer.name)",
                    "",
                    "",
                    HumanUnits.rate(rates?.delivered(to: consumer)),
                    HumanUnits.count(consumer.pending),
                    HumanUnits.count(consumer.waiting),
                    consumer.lag.map(HumanUnits.count) ?? "?",
                    "",
                    ConsumersView.live(consumer)
                )
            }
        }
        return table.lines(empty: "no streams")
    }

    private var instances: [String] {
        var table = TextTable(
            ["SERVICE", "INSTANCE", "UP", "REQUESTS/S", "REQUESTS", "ERRORS", "AVERAGE"],
            numbers: ["UP", "REQUESTS/S", "REQUESTS", "ERRORS", "AVERAGE"]
        )
        for instance in sample.instances {
            table.add(
                instance.service,
                instance.name,
                HumanUnits.age(instance.started.map { StreamID(milliseconds: $0, sequence: 0) }, now: sample.time),
                HumanUnits.rate(rates?.requests(of: instance)),
                HumanUnits.count(instance.requests),
                HumanUnits.count(instance.errors),
                instance.requests == 0 ? "-" : HumanUnits.latency(.nanoseconds(instance.averageNanoseconds))
            )
        }
        return table.lines(empty: "no service answers")
    }

    var json: JSONValue {
        [
            "time": .string(HumanUnits.time(milliseconds: sample.time)),
            "streams": .array(sample.streams.map(json)),
            "instances": .array(sample.instances.map(json)),
        ]
    }

    private func json(_ stream: StreamInfo) -> JSONValue {
        var value = StreamsView.json(stream)
        let name = stream.configuration.name
        value["appendedPerSecond"] = JSONValue(rates?.appended(to: name))
        value["durables"] = .array(
            (sample.consumers[name] ?? []).map { consumer in
                var value = ConsumersView.json(consumer)
                value["deliveredPerSecond"] = JSONValue(rates?.delivered(to: consumer))
                return value
            }
        )
        return value
    }

    private func json(_ instance: TopSample.Instance) -> JSONValue {
        [
            "service": .string(instance.service),
            "instance": .string(instance.name),
            "started": instance.started.map { .string(HumanUnits.time(milliseconds: $0)) } ?? .null,
            "requests": JSONValue(instance.requests),
            "errors": JSONValue(instance.errors),
            "requestsPerSecond": JSONValue(rates?.requests(of: instance)),
            "averageMilliseconds": .number(Double(instance.averageNanoseconds) / 1_000_000),
        ]
    }
}
