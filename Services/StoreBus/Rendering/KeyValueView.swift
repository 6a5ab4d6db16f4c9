import Console
import MessageBus
import ServiceRuntime

/// One thing that happened to a key.
struct KeyValueView {
    let entry: KeyValueEntry

    /// A line about it, then the value where it has more than one line.
    var lines: [String] {
        let first =
            "\(HumanUnits.time(milliseconds: entry.revision.milliseconds))  \(entry.revision)  "
            + "\(entry.operation.rawValue)  \(entry.key)"
        guard entry.operation == .put else { return [first] }
        let value = PrintableText.body(entry.value)
        return value.count == 1 ? ["\(first)  \(value[0])"] : [first] + value
    }

    var json: JSONValue {
        var members = entry.operation == .put ? JSONValue.bytes(entry.value, as: "value") : [:]
        members["key"] = .string(entry.key)
        members["operation"] = .string(entry.operation.rawValue)
        members["revision"] = JSONValue(entry.revision)
        members["time"] = .string(HumanUnits.time(milliseconds: entry.revision.milliseconds))
        return .object(members)
    }
}

/// Buckets as they are listed.
struct BucketsView {
    let buckets: [KeyValueStatus]
    let now: UInt64

    var lines: [String] {
        var table = TextTable(
            ["BUCKET", "KEYS", "HISTORY", "MAX VALUE", "TTL", "LAST CHANGE"],
            numbers: ["KEYS", "HISTORY", "MAX VALUE", "TTL", "LAST CHANGE"]
        )
        for bucket in buckets {
            let ttl = bucket.configuration.timeToLive
            table.add(
                bucket.configuration.bucket,
                HumanUnits.count(bucket.keys),
                "\(bucket.configuration.history)",
                HumanUnits.size(bucket.configuration.maximumValueSize),
                ttl.map { HumanUnits.span(milliseconds: Int64($0 / .milliseconds(1))) } ?? "-",
                HumanUnits.age(bucket.lastRevision, now: now)
            )
        }
        return table.lines(empty: "no buckets")
    }

    var json: [JSONValue] {
        buckets.map {
            [
                "bucket": .string($0.configuration.bucket),
                "keys": JSONValue($0.keys),
                "history": JSONValue($0.configuration.history),
                "maximumValueSize": JSONValue($0.configuration.maximumValueSize),
                "timeToLiveMilliseconds": $0.configuration.timeToLive.map { JSONValue($0) } ?? .null,
                "lastRevision": JSONValue($0.lastRevision == .zero ? nil : $0.lastRevision),
            ]
        }
    }
}
