import Testing

@testable import KubernetesClient

@Suite struct RequestPaceTests {
    private let start = ContinuousClock.now

    @Test func `a burst goes at once, then the long run's pace holds, in order`() {
        var pace = RequestPace(RequestLimit(perSecond: 10, burst: 3), now: start)

        let delays = (0..<6).map { _ in pace.take(at: start) }

        #expect(delays == [.zero, .zero, .zero, .milliseconds(100), .milliseconds(200), .milliseconds(300)])
    }

    @Test func `tokens come back with time, and no more than the burst`() {
        var pace = RequestPace(RequestLimit(perSecond: 10, burst: 2), now: start)
        for _ in 0..<2 { _ = pace.take(at: start) }

        #expect(pace.take(at: start + .milliseconds(100)) == .zero)
        let later = start + .seconds(60)
        #expect([pace.take(at: later), pace.take(at: later)] == [.zero, .zero])
        #expect(pace.take(at: later) == .milliseconds(100))
    }

    @Test func `who gives up waiting leaves the place to the next`() {
        var pace = RequestPace(RequestLimit(perSecond: 10, burst: 1), now: start)
        _ = pace.take(at: start)
        #expect(pace.take(at: start) == .milliseconds(100))

        pace.putBack()

        #expect(pace.take(at: start) == .milliseconds(100))
    }

    @Test func `a clock that seems to stand still or go back gives nothing away`() {
        var pace = RequestPace(RequestLimit(perSecond: 1, burst: 1), now: start)
        _ = pace.take(at: start)

        #expect(pace.take(at: start - .seconds(100)) == .seconds(1))
    }

    @Test func `a limit below one is one`() {
        #expect(RequestLimit(perSecond: 0, burst: -5) == RequestLimit(perSecond: 1, burst: 1))
    }
}
