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
        try await ask("PING", bus, limit)
    }

    /// What became of their requests, from those who say so soon: one who hesitates must not hold up a picture.
    static func statistics(_ bus: any MessageBus) async throws -> [Answer] {
        try await ask("STATS", bus, .milliseconds(400))
    }

    /// Asks by hand: listens to a subject of its own, says so in the question, and takes what comes in time.
    private static func ask(_ verb: String, _ bus: any MessageBus, _ limit: Duration) async throws -> [Answer] {
        let reply = try Subject("_SURVEY.\(bus.instance).\(UInt64.random(in: 0...UInt64.max))")
        let messages = try await bus.subscribe(to: SubjectFilter(reply), queueGroup: nil)
        let began = ContinuousClock.now
        try await bus.publish(BusMessage(subject: Subject("$SRV.\(verb)"), reply: reply))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: limit)
                messages.cancel()
            }
            var answers: [Answer] = []
            for try await answer in messages {
                if let answer = read(answer, after: began.duration(to: .now)) { answers.append(answer) }
            }
            group.cancelAll()
            return answers.sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
        }
    }

    /// Nil for what is no such answer.
    static func read(_ answer: BusMessage, after time: Duration) -> Answer? {
        guard let body = try? PlatformJSON.decode(JSONValue.self, from: answer.body),
            let service = body["name"]?.stringValue, let instance = body["id"]?.stringValue
        else { return nil }
        return Answer(service: service, instance: instance, body: body, roundTrip: time)
    }
}
