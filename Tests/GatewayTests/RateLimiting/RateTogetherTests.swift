import MessageBus
import Testing

@testable import Gateway

/// Several gateways over one ledger, played through on a clock of the test's own.
@Suite struct RateTogetherTests {
    /// The ledger's arithmetic, with answers that are on their way for a while.
    private struct World {
        struct Answer {
            let gateway: Int
            let message: RateBudget.Message
            let left: Double
            let due: Int
        }

        let limit = RateLimit(count: 100, period: .seconds(1))
        let start = ContinuousClock.now
        var budgets: [RateBudget]
        var left: Double
        var answers: [Answer] = []
        var admitted: [Int] = []
        var refused = 0
        var unclear = 0

        init(gateways: Int) {
            budgets = Array(repeating: RateBudget(limit, at: start), count: gateways)
            left = Double(limit.count)
        }

        func time(_ millisecond: Int) -> ContinuousClock.Instant { start + .milliseconds(millisecond) }

        /// A millisecond passes: answers arrive, and every 100 ms everything is told.
        mutating func pass(_ now: Int, trip: Int) {
            if now > 0 { left = min(100, left + 0.1) }
            for answer in answers where answer.due <= now {
                budgets[answer.gateway].told(answer.message, left: answer.left)
            }
            answers.removeAll { $0.due <= now }
            if now % 100 == 0 { for gateway in budgets.indices { tell(gateway, now, trip) } }
        }

        mutating func tell(_ gateway: Int, _ now: Int, _ trip: Int) {
            guard let message = budgets[gateway].tell(at: time(now)) else { return }
            left -= Double(message.count)
            answers.append(Answer(gateway: gateway, message: message, left: left, due: now + trip))
        }

        mutating func request(to gateway: Int, _ now: Int, _ trip: Int) {
            switch budgets[gateway].spend(at: time(now)) {
            case .admitted: admitted.append(now)
            case .refused: refused += 1
            case .unclear: unclear += 1
            }
            if budgets[gateway].isUrgent { tell(gateway, now, trip) }
        }
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 2), (5, 20), (8, 5)])
    func `together they never let more through than the limit and what may be untold`(
        _ gateways: Int,
        _ trip: Int
    ) {
        var world = World(gateways: gateways)
        var random = SystemRandomNumberGenerator()
        for now in 0..<5000 {
            world.pass(now, trip: trip)
            // A flood with pauses, on changing gateways.
            guard now % 1700 < 1200 else { continue }
            for _ in 0..<20 { world.request(to: Int.random(in: 0..<gateways, using: &random), now, trip) }
        }

        let slack = Double(gateways * 10) + Double(trip) * 0.1
        for (index, first) in world.admitted.enumerated() where index % 7 == 0 {
            for length in [1, 10, 100, 1000, 4000] {
                let count = world.admitted[index...].prefix { $0 < first + length }.count
                let bound = Double(length) / 10 + 100 + slack + 1
                #expect(Double(count) <= bound, "\(count) within \(length) ms from \(first)")
            }
        }
        #expect(world.refused > 1000)
        #expect(world.admitted.count > 400, "and it lets through what may pass: \(world.admitted.count)")
    }

    @Test(arguments: [(1, 11, 1), (3, 11, 1), (3, 10, 20), (6, 25, 5), (4, 100, 2)])
    func `who keeps below the limit is never refused, wherever the requests go`(
        _ gateways: Int,
        _ every: Int,
        _ trip: Int
    ) {
        var world = World(gateways: gateways)
        for now in 0..<20_000 {
            world.pass(now, trip: trip)
            if now % every == 0 { world.request(to: (now / every) % gateways, now, trip) }
        }

        #expect(world.refused == 0)
        #expect(world.unclear == 0, "nor does it wait")
    }

    @Test func `a burst of a whole second's worth is let through`() {
        var world = World(gateways: 3)
        var sent = 0
        var now = 0
        // Who is told to wait comes again a moment later.
        while sent < 100, now < 1000 {
            world.pass(now, trip: 1)
            for gateway in 0..<3 where sent < 100 {
                let before = world.admitted.count
                world.request(to: gateway, now, 1)
                sent += world.admitted.count - before
            }
            now += 1
        }

        #expect(world.refused == 0)
        #expect(sent == 100)
    }
}
