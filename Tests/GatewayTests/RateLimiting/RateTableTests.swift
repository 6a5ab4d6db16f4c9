import MessageBus
import Testing

@testable import Gateway

@Suite struct RateTableTests {
    private let limit = RateLimit(count: 10, period: .seconds(1))
    private let start = ContinuousClock.now

    @Test func `holds no more than its capacity, and keeps those who are still there`() {
        var table = RateTable(limit, capacity: 100, at: start)
        for number in 0..<10_000 {
            table.with("stranger\(number)", at: start) { _ = $0.spend(at: start) }
            table.with("regular", at: start) { _ = $0.untold == 0 ? $0.spend(at: start) : .unclear }
        }

        #expect(table.count <= 100)
        #expect(table.with("regular", at: start) { $0.untold } == 1)
    }

    @Test func `collects what is untold, so many at a time`() {
        var table = RateTable(limit, capacity: 100, at: start)
        for number in 0..<30 { table.with("\(number)", at: start) { _ = $0.spend(at: start) } }
        table.with("idle", at: start) { _ in }

        let first = table.collect(most: 20, at: start)
        let second = table.collect(most: 20, at: start)
        #expect(first.count == 20)
        #expect(Set((first + second).map(\.name)) == Set((0..<30).map(String.init)))
        #expect(table.collect(most: 20, at: start).isEmpty, "all of it is on its way")
        #expect(table.overdue(.milliseconds(250), at: start + .milliseconds(251)).count == 30)
    }

    @Test func `forgets who has not come for a while`() {
        var table = RateTable(limit, capacity: 100, at: start)
        table.with("a", at: start) { _ in }
        _ = table.collect(most: 1, at: start + .seconds(2.1))
        #expect(table.count == 1)
        _ = table.collect(most: 1, at: start + .seconds(4.3))

        #expect(table.count == 0)
    }
}
