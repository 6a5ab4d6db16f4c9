import ServiceRuntime
import Testing

@Suite struct BackoffTests {
    @Test func `grows by its multiplier and stops at the maximum`() {
        let backoff = Backoff(initial: .seconds(1), maximum: .seconds(10), multiplier: 2, jitter: 0)

        let delays = (1...6).map { backoff.delay(attempt: $0, random: 0.5) }

        #expect(delays == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10)])
    }

    @Test func `jitter only ever shortens a wait, by at most its fraction`() {
        let backoff = Backoff(initial: .seconds(10), maximum: .seconds(10), multiplier: 2, jitter: 0.2)

        #expect(backoff.delay(attempt: 3, random: 0) == .seconds(10))
        #expect(backoff.delay(attempt: 3, random: 0.5) == .seconds(9))
        #expect(backoff.delay(attempt: 3, random: 1) == .seconds(8))
    }

    @Test func `a very late attempt is still finite`() {
        let backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(30))

        #expect(backoff.delay(attempt: 100_000, random: 0) == .seconds(30))
    }

    @Test func `values out of range are brought into it`() {
        let backoff = Backoff(initial: .seconds(5), maximum: .seconds(1), multiplier: 0.1, jitter: 9)

        #expect(backoff.maximum == .seconds(5))
        #expect(backoff.multiplier == 1)
        #expect(backoff.jitter == 1)
        #expect(backoff.delay(attempt: -3, random: 0) == .seconds(5))
    }
}
