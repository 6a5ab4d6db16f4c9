import MessageBus
import ServiceRuntime

/// Asks all instances of all services at once, as NATS' services are asked (`$SRV`).
enum ServiceSurvey {
    /// What one instance says.
    struct Answer: Sendable {
        let service: String
        let instance: String
        let body: JSONValue
        let roundTrip: Duration
    }

    /// Who is there, by service and instance.
    static func ping(_ bus: any MessageBus, within limit: Duration) async throws -> [Answer] {
        try await ask("PING", bus, RequestManyLimits(timeout: limit))
    }

    /// What became of their requests, from those who say so soon: one who hesitates must not hold up a picture.
    static func statistics(_ bus: any MessageBus) async throws -> [Answer] {
        try await ask("STATS", bus, RequestManyLimits(timeout: .milliseconds(400), stall: .milliseconds(100)))
    }

    private static func ask(_ verb: String, _ bus: any MessageBus, _ limits: RequestManyLimits) async throws -> [Answer]
    {
        let began = ContinuousClock.now
        var answers: [Answer] = []
        do {
            for try await answer in try await bus.requestMany(BusMessage(subject: Subject("$SRV.\(verb)")), limits) {
                if let answer = read(answer, after: began.duration(to: .now)) { answers.append(answer) }
            }
        } catch let error as BusError where error.code == .noResponders {
            return []
        }
        return answers.sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
    }

    /// Nil for what is no such answer.
    static func read(_ answer: BusMessage, after time: Duration) -> Answer? {
        guard let body = try? PlatformJSON.decode(JSONValue.self, from: answer.body),
            let service = body["name"]?.stringValue, let instance = body["id"]?.stringValue
        else { return nil }
        return Answer(service: service, instance: instance, body: body, roundTrip: time)
    }
}
