import MessageBus
import Testing

@Suite struct ConsumerConfigurationTests {
    // nats-server: consumer.go and stream.go, the defaults
    @Test func `the defaults are JetStream's, but for the common limit`() throws {
        let consumer = ConsumerConfiguration(stream: "S", durable: "d")
        let stream = StreamConfiguration(name: "S", subjects: try SubjectFilter("s.>"), retention: .workQueue)

        #expect(consumer.acknowledgeWait == .seconds(30))
        #expect(consumer.maximumDeliveries == 0 && consumer.backoff.isEmpty && consumer.filters.isEmpty)
        #expect(consumer.deliverPolicy == .all)
        #expect(consumer.maximumAcknowledgePending == nil)
        #expect(stream.duplicateWindow == .seconds(120))
    }

    @Test func `no limit may be said as nil or as zero`() {
        for limit in [nil, 0, -1] {
            let consumer = ConsumerConfiguration(stream: "S", durable: "d", maximumAcknowledgePending: limit)
            #expect(consumer.maximumAcknowledgePending == nil)
        }
        let limited = ConsumerConfiguration(stream: "S", durable: "d", maximumAcknowledgePending: 7)
        #expect(limited.holding(3).maximumAcknowledgePending == 7 && limited.holding(3).maximumInFlight == 3)
    }

    @Test func `the silence before a delivery is the longer of wait and backoff, whose last repeats`() {
        let consumer = ConsumerConfiguration(
            stream: "S",
            durable: "d",
            acknowledgeWait: .seconds(10),
            backoff: [.seconds(1), .seconds(20), .seconds(15)]
        )

        #expect((1...5).map { consumer.silence(deliveries: $0) } == [10, 20, 15, 15, 15].map { .seconds($0) })
        #expect((1...4).map { consumer.backoffDelay(deliveries: $0) } == [1, 20, 15, 15].map { .seconds($0) })
        let plain = ConsumerConfiguration(stream: "S", durable: "d")
        #expect(plain.silence(deliveries: 3) == .seconds(30) && plain.backoffDelay(deliveries: 3) == .zero)
    }

    @Test func `places have predecessors, down to the first`() {
        let id = StreamID(milliseconds: 5, sequence: 3)

        #expect(id.predecessor == StreamID(milliseconds: 5, sequence: 2))
        #expect(StreamID(milliseconds: 5, sequence: 0).predecessor == StreamID(milliseconds: 4, sequence: .max))
        #expect(StreamID.zero.predecessor == .zero)
        #expect(StreamID("\(StreamID(milliseconds: 5, sequence: 0).predecessor)")?.sequence == .max)
    }

    @Test func `gaps add up, and what is unknown stays so`() {
        #expect(StreamGap(missed: 2) + StreamGap(missed: 3) == StreamGap(missed: 5))
        #expect(StreamGap(missed: nil) + StreamGap(missed: 3) == StreamGap(missed: nil))
        #expect(StreamGap(missed: 2) + StreamGap(missed: nil) == StreamGap(missed: nil))
    }
}
