import Console
import MessageBus
import ServiceRuntime

/// Streams as they are listed.
struct StreamsView {
    let streams: [StreamInfo]
    let now: UInt64

    var lines: [String] {
        var table = TextTable(
            ["STREAM", "SUBJECTS", "RETENTION", "MESSAGES", "OLDEST", "NEWEST", "CONSUMERS", "DEAD"],
            numbers: ["MESSAGES", "OLDEST", "NEWEST", "CONSUMERS", "DEAD"]
        )
        for stream in streams {
            table.add(
                stream.configuration.name,
                stream.configuration.subjects.description,
                Self.retention(stream.configuration.retention),
                HumanUnits.count(stream.messages),
                HumanUnits.age(stream.first, now: now),
                HumanUnits.age(stream.last, now: now),
                HumanUnits.count(stream.consumers),
                HumanUnits.count(stream.deadLetters)
            )
        }
        return table.lines(empty: "no streams")
    }

    var json: [JSONValue] { streams.map(Self.json) }

    static func json(_ stream: StreamInfo) -> JSONValue {
        [
            "name": .string(stream.configuration.name),
            "subjects": .string(stream.configuration.subjects.description),
            "retention": retentionJSON(stream.configuration.retention),
            "duplicateWindowMilliseconds": JSONValue(stream.configuration.duplicateWindow),
            "messages": JSONValue(stream.messages),
            "appended": JSONValue(stream.appended),
            "first": JSONValue(stream.first),
            "last": JSONValue(stream.last == .zero ? nil : stream.last),
            "consumers": JSONValue(stream.consumers),
            "deadLetters": JSONValue(stream.deadLetters),
        ]
    }

    static func retention(_ retention: StreamConfiguration.Retention) -> String {
        switch retention {
        case .limits(let maximum, nil): "newest \(HumanUnits.count(maximum))"
        case .limits(let maximum, .some(let age)):
            "newest \(HumanUnits.count(maximum)), \(HumanUnits.span(milliseconds: Int64(age / .milliseconds(1))))"
        case .interest: "interest"
        case .workQueue: "work queue"
        }
    }

    private static func retentionJSON(_ retention: StreamConfiguration.Retention) -> JSONValue {
        switch retention {
        case .limits(let maximum, let age):
            [
                "policy": "limits", "maximumMessages": JSONValue(maximum),
                "maximumAgeMilliseconds": age.map { JSONValue($0) } ?? .null,
            ]
        case .interest: ["policy": "interest"]
        case .workQueue: ["policy": "workQueue"]
        }
    }
}
