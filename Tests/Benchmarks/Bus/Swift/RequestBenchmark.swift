import Foundation
import MessageBus

/// Request and reply: two processes of this, one serving.
struct RequestBenchmark {
    let bus: any MessageBus
    let body: [UInt8]

    /// Answers every request with its own body, for ever.
    func serve() async throws -> Figures? {
        let requests = try await bus.subscribe(to: SubjectFilter("bench.rpc"), queueGroup: "workers")
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        for try await request in requests {
            guard let reply = request.reply else { continue }
            try await bus.publish(BusMessage(subject: reply, body: request.body))
        }
        return nil
    }

    /// Each of `inFlight` callers asks again as soon as it has its answer.
    func ask(inFlight: Int, for length: Duration) async throws -> Figures {
        let message = BusMessage(subject: try Subject("bench.rpc"), body: body)
        let clock = ContinuousClock()
        let began = clock.now
        let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for _ in 0..<inFlight {
                group.addTask { [bus] in
                    var own: [Duration] = []
                    var sent = clock.now
                    while sent - began < length {
                        _ = try await bus.request(message, timeout: .seconds(5))
                        let now = clock.now
                        own.append(now - sent)
                        sent = now
                    }
                    return own
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Figures(count: latencies.count, took: clock.now - began, latencies: latencies)
    }
}
