import Foundation
import MessageBus

/// How a stream's declaration lies in Redis: JSON, its members in alphabetical order. Later versions may add members,
/// and readers ignore what they do not know.
struct StoredStream: Codable {
    let name: String
    let subjects: String
    let retention: String
    let maximumMessages: Int?
    let maximumAgeMilliseconds: Int?
    let duplicateWindowMilliseconds: Int

    init(_ stream: StreamConfiguration) {
        name = stream.name
        subjects = stream.subjects.description
        duplicateWindowMilliseconds = stream.duplicateWindow.milliseconds
        maximumMessages = stream.maximumMessages
        switch stream.retention {
        case .limits(_, let age):
            retention = "limits"
            maximumAgeMilliseconds = age?.milliseconds
        case .interest:
            retention = "interest"
            maximumAgeMilliseconds = nil
        case .workQueue:
            retention = "workQueue"
            maximumAgeMilliseconds = nil
        }
    }

    /// Throws `refused` for a retention this version does not know: keeping too little cannot be undone.
    func configuration() throws -> StreamConfiguration {
        let kept: StreamConfiguration.Retention
        switch retention {
        case "limits":
            kept = .limits(
                maximumMessages: maximumMessages ?? 1_000_000,
                maximumAge: maximumAgeMilliseconds.map { .milliseconds($0) }
            )
        case "interest": kept = .interest
        case "workQueue": kept = .workQueue
        default: throw BusError(.refused, "stream \(name) has an unknown retention")
        }
        return StreamConfiguration(
            name: name,
            subjects: try SubjectFilter(subjects),
            retention: kept,
            duplicateWindow: .milliseconds(duplicateWindowMilliseconds)
        )
    }
}

/// How a consumer's configuration lies in Redis, for whoever looks at it; members take their own from their program.
struct StoredConsumer: Codable {
    let stream: String
    let name: String
    let filters: [String]
    let deliverPolicy: String
    let deliverAfter: String?
    let deliverFromMilliseconds: UInt64?
    let acknowledgeWaitMilliseconds: Int
    let backoffMilliseconds: [Int]
    let maximumDeliveries: Int
    let maximumInFlight: Int
    let maximumAcknowledgePending: Int?

    init(_ consumer: ConsumerConfiguration) {
        stream = consumer.stream
        name = consumer.durable
        filters = consumer.filters.map(\.description)
        acknowledgeWaitMilliseconds = consumer.acknowledgeWait.milliseconds
        backoffMilliseconds = consumer.backoff.map(\.milliseconds)
        maximumDeliveries = consumer.maximumDeliveries
        maximumInFlight = consumer.maximumInFlight
        maximumAcknowledgePending = consumer.maximumAcknowledgePending
        var (after, from): (StreamID?, UInt64?) = (nil, nil)
        switch consumer.deliverPolicy {
        case .all: deliverPolicy = "all"
        case .new: deliverPolicy = "new"
        case .after(let id): (deliverPolicy, after) = ("after", id)
        case .from(let time): (deliverPolicy, from) = ("from", time)
        case .last: deliverPolicy = "last"
        case .lastPerSubject: deliverPolicy = "lastPerSubject"
        }
        deliverAfter = after?.description
        deliverFromMilliseconds = from
    }

    /// Nil for what another version wrote and this one does not know.
    var configuration: ConsumerConfiguration? {
        let policy: ConsumerConfiguration.DeliverPolicy
        switch deliverPolicy {
        case "all": policy = .all
        case "new": policy = .new
        case "after": policy = .after(deliverAfter.flatMap { StreamID($0) } ?? .zero)
        case "from": policy = .from(deliverFromMilliseconds ?? 0)
        case "last": policy = .last
        case "lastPerSubject": policy = .lastPerSubject
        default: return nil
        }
        var known: [SubjectFilter] = []
        for filter in filters {
            do { known.append(try SubjectFilter(filter)) } catch { return nil }
        }
        return ConsumerConfiguration(
            stream: stream,
            durable: name,
            filters: known,
            deliverPolicy: policy,
            acknowledgeWait: .milliseconds(acknowledgeWaitMilliseconds),
            backoff: backoffMilliseconds.map { .milliseconds($0) },
            maximumDeliveries: maximumDeliveries,
            maximumInFlight: maximumInFlight,
            maximumAcknowledgePending: maximumAcknowledgePending
        )
    }
}

/// JSON that is the same for the same value.
enum StoredJSON {
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, of text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
