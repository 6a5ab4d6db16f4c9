import MessageBus
import TestSupport

@testable import RedisStreams

/// One of each: a worker, a follower, a subscriber, a member of a queue group, a responder and who asks it.
final class Everything: Sendable {
    static let other = StreamConfiguration(
        name: "OTHER",
        subjects: SubjectFilter(trusted: "chaos.>"),
        retention: .workQueue
    )

    let record = Record()
    private let here: RedisMessageBus
    private let there: RedisMessageBus
    private let news: BusProbe<BusMessage>
    private let group: BusProbe<BusMessage>
    private let follow: BusProbe<StoredMessage>
    private let echo: Echo

    init(_ site: ChaosSite) async throws {
        here = try await site.bus()
        there = try await site.bus()
        _ = try await Worker("w", there, record)
        news = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
        group = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: "g"))
        follow = BusProbe(try await there.follow("CHAOS", filters: [], from: .new))
        echo = try await Echo(there)
    }

    /// Waits until each way through the bus brings something new.
    func works(_ name: String) async throws {
        let word = name.replacing(" ", with: "-")
        try await echo.answers(here)
        try await eventually("the worker and the follower \(name)") {
            let message = try Producer.message(word, Int.random(in: 1...(1 << 40)))
            let id: StreamID
            do { id = try await here.append(message, to: "CHAOS").id } catch { return false }
            do {
                try await eventually(within: .seconds(2)) {
                    record.oracle.handlings.contains { $0.id == id } && follow.values.contains { $0.id == id }
                }
                return true
            } catch is EventuallyTimeout { return false }
        }
        let subject = try Subject("news.\(word)")
        try await eventually("the subscribers \(name)") {
            do { try await here.publish(BusMessage(subject: subject)) } catch { return false }
            do {
                try await eventually(within: .milliseconds(300)) {
                    news.values.contains { $0.subject == subject } && group.values.contains { $0.subject == subject }
                }
                return true
            } catch is EventuallyTimeout { return false }
        }
    }

    func toldOfLoss() async throws {
        try await eventually("being told of a loss") { (there.statistics.snapshot[.groupsRecreated] ?? 0) >= 1 }
    }

    var groupsRecreated: Int { there.statistics.snapshot[.groupsRecreated] ?? 0 }

    func stop() async { await echo.stop() }
}
