import Glibc
import MessageBus

/// A bus with something of everything that does nothing.
struct IdleBenchmark {
    let bus: any MessageBus

    func run(for length: Duration) async throws -> Figures {
        let stream = StreamConfiguration(
            name: "IDLE",
            subjects: try SubjectFilter("idle.>"),
            retention: .limits(maximumMessages: 1000)
        )
        try await bus.ensureStream(stream)
        let first = try await bus.consume(ConsumerConfiguration(stream: "IDLE", durable: "first"))
        let second = try await bus.consume(ConsumerConfiguration(stream: "IDLE", durable: "second"))
        let requests = try await bus.subscribe(to: SubjectFilter("idle.rpc"), queueGroup: "idle")
        let notices = try await bus.subscribe(to: SubjectFilter("idle.>"), queueGroup: nil)
        let before = Self.processorTime()
        let clock = ContinuousClock()
        let began = clock.now
        try await Task.sleep(for: length)
        let used = Self.processorTime() - before
        let took = clock.now - began
        first.cancel()
        second.cancel()
        requests.cancel()
        notices.cancel()
        return Figures(count: 0, took: took, processorShare: used / took)
    }

    private static func processorTime() -> Duration {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return .seconds(seconds) + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }
}
