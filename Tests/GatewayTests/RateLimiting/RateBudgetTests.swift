import MessageBus
import Testing

@testable import Gateway

@Suite struct RateBudgetTests {
    private let limit = RateLimit(count: 100, period: .seconds(1))
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func isAdmitted(_ verdict: RateBudget.Verdict) -> Bool {
        if case .admitted = verdict { true } else { false }
    }

    @Test func `a tenth may be untold, then the ledger must hear of it`() throws {
        var budget = RateBudget(limit, at: start)
        for _ in 0..<10 { #expect(isAdmitted(budget.spend(at: start))) }

        #expect(budget.spend(at: start) == .unclear)
        let told = budget.tell(at: start)
        let message = try #require(told)
        #expect(message.count == 10)
        #expect(budget.tell(at: start) == nil, "one message at a time")
        budget.told(message, left: 90)
        #expect(isAdmitted(budget.spend(at: start)))
    }

    @Test func `it is urgent to tell once half of that is untold`() {
        var budget = RateBudget(limit, at: start)
        for _ in 0..<4 { _ = budget.spend(at: start) }
        #expect(!budget.isUrgent)
        _ = budget.spend(at: start)
        #expect(budget.isUrgent)
    }

    @Test func `what others spent is learnt with the answer`() throws {
        var budget = RateBudget(limit, at: start)
        _ = budget.spend(at: start)
        let told = budget.tell(at: start)
        let message = try #require(told)
        budget.told(message, left: 0.5)

        guard case .refused(let standing) = budget.spend(at: start) else {
            Issue.record("nothing was left")
            return
        }
        #expect(standing.remaining == 0)
        #expect(standing.retryAfter == 1)
        #expect(standing.reset == 1)
        #expect(isAdmitted(budget.spend(at: at(0.006))), "one comes back every 10 ms")
        #expect(!isAdmitted(budget.spend(at: at(0.006))))
    }

    @Test func `an answer that comes after giving up changes nothing`() throws {
        var budget = RateBudget(limit, at: start)
        for _ in 0..<10 { _ = budget.spend(at: start) }
        let told = budget.tell(at: start)
        let message = try #require(told)
        budget.giveUp(at: start)
        budget.told(message, left: -50)

        #expect(budget.untold == 0)
        #expect(budget.standing(at: start).remaining == 90)
    }

    @Test func `without a ledger it holds the limit by itself`() {
        var budget = RateBudget(limit, at: start)
        var admitted = 0
        for step in 0..<3000 where isAdmitted(budget.spend(at: at(Double(step) / 1000), isAlone: true)) {
            admitted += 1
        }

        #expect((390...401).contains(admitted), "100 at once and 100 in each of three seconds: \(admitted)")
        #expect(budget.untold == 0, "nothing piles up to be told later")
    }

    @Test func `a request that is given back may be made again`() {
        var budget = RateBudget(RateLimit(count: 1, period: .seconds(60)), at: start)
        #expect(isAdmitted(budget.spend(at: start)))
        #expect(!isAdmitted(budget.spend(at: start)))
        budget.giveBack()
        #expect(isAdmitted(budget.spend(at: start)))
    }

    @Test func `what was told before it was given back makes no more than all`() throws {
        var budget = RateBudget(limit, at: start)
        _ = budget.spend(at: start)
        let told = budget.tell(at: start)
        let message = try #require(told)
        budget.giveBack()
        budget.told(message, left: 99)

        #expect(budget.untold == -1)
        #expect(budget.standing(at: at(1)).remaining == 100)
        #expect(budget.tell(at: at(1))?.count == -1)
    }

    @Test func `the header fields say how it stands`() {
        let standing = RateStanding(limit, left: 40.5)
        #expect(standing.limit == 100)
        #expect(standing.remaining == 40)
        #expect(standing.reset == 1)
        let slow = RateStanding(RateLimit(count: 10, period: .seconds(60)), left: -1)
        #expect(slow.remaining == 0)
        #expect(slow.retryAfter == 12)
        #expect(slow.reset == 66)
    }
}
