import FoundationEssentials
import MessageBus
import ServiceRuntime

/// The bus at one moment.
struct TopSample: Sendable {
    /// One instance's requests since its start.
    struct Instance: Sendable, Hashable {
        let service: String
        let name: String
        /// Milliseconds since 1970; nil: it does not tell.
        let started: UInt64?
        let requests: Int
        let errors: Int
        /// Nanoseconds for one request on average since the start.
        let averageNanoseconds: Int
    }

    /// Milliseconds of the server's clock.
    let time: UInt64
    let streams: [StreamInfo]
    /// By stream.
    let consumers: [String: [ConsumerInfo]]
    let instances: [Instance]

    static func take(of bus: any OperatorBus) async throws -> TopSample {
        async let answers = ServiceSurvey.statistics(bus)
        let streams = try await bus.streams()
        var consumers: [String: [ConsumerInfo]] = [:]
        for stream in streams where stream.consumers > 0 {
            consumers[stream.configuration.name] = try await bus.consumers(of: stream.configuration.name)
        }
        let time = bus.serverTime()
        return TopSample(
            time: time,
            streams: streams,
            consumers: consumers,
            instances: try await answers.map(Self.instance)
        )
    }

    static func instance(_ answer: ServiceSurvey.Answer) -> Instance {
        let endpoints = answer.body["endpoints"]?.arrayValue ?? []
        func sum(_ name: String) -> Int { endpoints.reduce(0) { $0 &+ ($1[name]?.intValue ?? 0) } }
        let started = answer.body["started"]?.stringValue.flatMap(RFC3339.parse)
        let requests = sum("num_requests")
        return Instance(
            service: answer.service,
            name: answer.instance,
            started: started.map { UInt64(max(0, $0.timeIntervalSince1970 * 1_000)) },
            requests: requests,
            errors: sum("num_errors"),
            averageNanoseconds: sum("processing_time") / max(1, requests)
        )
    }
}

/// What happened between two moments, a second.
struct TopRates: Sendable {
    private let appended: [String: Double]
    private let delivered: [String: Double]
    private let requests: [String: Double]

    init(from before: TopSample, to after: TopSample) {
        let seconds = max(0.001, Double(Int64(clamping: after.time) - Int64(clamping: before.time)) / 1_000)
        let oldStreams = Dictionary(before.streams.map { ($0.configuration.name, $0) }) { $1 }
        var appended: [String: Double] = [:]
        var delivered: [String: Double] = [:]
        for stream in after.streams {
            let name = stream.configuration.name
            // A stream made anew counts from the beginning again.
            guard let old = oldStreams[name], stream.appended >= old.appended else { continue }
            let stored = stream.appended - old.appended
            appended[name] = Double(stored) / seconds
            let oldConsumers = Dictionary((before.consumers[name] ?? []).map { ($0.name, $0) }) { $1 }
            for consumer in after.consumers[name] ?? [] {
                guard let lag = consumer.lag, let oldLag = oldConsumers[consumer.name]?.lag else { continue }
                delivered[Self.key(consumer)] = Double(max(0, stored + oldLag - lag)) / seconds
            }
        }
        let oldInstances = Dictionary(before.instances.map { ($0.name, $0) }) { $1 }
        let pairs = after.instances.compactMap { instance -> (String, Double)? in
            guard let old = oldInstances[instance.name], instance.requests >= old.requests else { return nil }
            return (instance.name, Double(instance.requests - old.requests) / seconds)
        }
        self.appended = appended
        self.delivered = delivered
        requests = Dictionary(pairs) { $1 }
    }

    /// Messages stored in a stream.
    func appended(to stream: String) -> Double? { appended[stream] }

    /// Messages delivered for the first time to a consumer.
    func delivered(to consumer: ConsumerInfo) -> Double? { delivered[Self.key(consumer)] }

    /// Requests an instance answered.
    func requests(of instance: TopSample.Instance) -> Double? { requests[instance.name] }

    private static func key(_ consumer: ConsumerInfo) -> String { "\(consumer.stream) \(consumer.name)" }
}
