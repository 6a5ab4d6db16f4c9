import MessageBus
import Testing

@testable import StoreBus

@Suite struct TopRatesTests {
    private func sample(
        _ time: UInt64,
        appended: Int,
        lag: Int?,
        requests: Int = 0,
        name: String = "S"
    ) throws -> TopSample {
        let configuration = StreamConfiguration(name: name, subjects: try SubjectFilter("s.>"), retention: .workQueue)
        let stream = StreamInfo(
            configuration: configuration,
            messages: 0,
            appended: appended,
            first: nil,
            last: .zero,
            consumers: 1,
            deadLetters: 0
        )
        let consumer = ConsumerInfo(
            stream: name,
            name: "c",
            configuration: nil,
            pending: 0,
            waiting: 0,
            redelivered: 0,
            lag: lag,
            lastDelivered: .zero,
            acknowledgeFloor: .zero,
            members: []
        )
        return TopSample(
            time: time,
            streams: [stream],
            consumers: [name: [consumer]],
            instances: [
                .init(service: "s", name: "i", started: nil, requests: requests, errors: 0, averageNanoseconds: 0)
            ]
        )
    }

    @Test func `rates are differences by the server's clock`() throws {
        let (before, after) = (
            try sample(1_000, appended: 100, lag: 10, requests: 5),
            try sample(3_000, appended: 160, lag: 30, requests: 25)
        )
        let rates = TopRates(from: before, to: after)

        #expect(rates.appended(to: "S") == 30)
        #expect(try rates.delivered(to: #require(after.consumers["S"]?.first)) == 20)
        #expect(rates.requests(of: after.instances[0]) == 10)
    }

    @Test func `what began anew or is not known has no rate`() throws {
        let before = try sample(1_000, appended: 100, lag: nil, requests: 50)
        let restarted = try sample(2_000, appended: 3, lag: 0, requests: 1)
        let rates = TopRates(from: before, to: restarted)
        #expect(rates.appended(to: "S") == nil)
        #expect(try rates.delivered(to: #require(restarted.consumers["S"]?.first)) == nil)
        #expect(rates.requests(of: restarted.instances[0]) == nil)

        let other = try sample(2_000, appended: 3, lag: 0, name: "NEW")
        #expect(TopRates(from: before, to: other).appended(to: "NEW") == nil)
    }

    @Test func `a clock that stands still divides by nothing`() throws {
        let before = try sample(1_000, appended: 1, lag: 0)
        let after = try sample(1_000, appended: 2, lag: 0)
        #expect(TopRates(from: before, to: after).appended(to: "S")?.isFinite == true)
    }
}
