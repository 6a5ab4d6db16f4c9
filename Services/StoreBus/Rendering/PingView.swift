import Console
import MessageBus
import RedisStreams
import ServiceRuntime

/// Who answered and how quickly.
struct PingView {
    let place: String
    let server: ServerPing
    let instances: [ServiceSurvey.Answer]

    var lines: [String] {
        let version = server.version.map { " \($0)" } ?? ""
        let first = "Redis\(PrintableText.oneLine(version)) at \(place): \(HumanUnits.latency(server.roundTrip))"
        var table = TextTable(["SERVICE", "INSTANCE", "VERSION", "ROUND TRIP"], numbers: ["ROUND TRIP"])
        for answer in instances {
            table.add(
                answer.service,
                answer.instance,
                answer.body["version"]?.stringValue ?? "-",
                HumanUnits.latency(answer.roundTrip)
            )
        }
        return [first, ""] + table.lines(empty: "no service answers")
    }

    var json: JSONValue {
        [
            "redis": [
                "at": .string(place), "version": JSONValue(server.version), "milliseconds": JSONValue(server.roundTrip),
            ],
            "instances": .array(
                instances.map {
                    [
                        "service": .string($0.service), "instance": .string($0.instance),
                        "version": $0.body["version"] ?? .null, "milliseconds": JSONValue($0.roundTrip),
                    ]
                }
            ),
        ]
    }
}
