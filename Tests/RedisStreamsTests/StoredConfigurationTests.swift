import MessageBus
import Testing

@testable import RedisStreams

/// How declarations lie in Redis, where other versions and other languages read them.
@Suite struct StoredConfigurationTests {
    private static func again(_ stream: StreamConfiguration) throws -> StreamConfiguration {
        let json = try StoredJSON.text(of: StoredStream(stream))
        return try StoredJSON.value(StoredStream.self, of: json).configuration()
    }

    @Test(
        arguments: [
            .limits(maximumMessages: 7), .limits(maximumMessages: 7, maximumAge: .seconds(9)), .interest, .workQueue,
        ] as [StreamConfiguration.Retention]
    )
    func `a stream is read as it was written`(retention: StreamConfiguration.Retention) throws {
        let stream = StreamConfiguration(
            name: "EVENTS",
            subjects: try SubjectFilter("events.>"),
            retention: retention,
            duplicateWindow: .milliseconds(1_500)
        )

        #expect(try Self.again(stream) == stream)
    }

    @Test func `a stream's JSON is the documented one`() throws {
        let stream = StreamConfiguration(
            name: "EVENTS",
            subjects: try SubjectFilter("events.>"),
            retention: .limits(maximumMessages: 7, maximumAge: .seconds(9))
        )

        let expected = """
            {"duplicateWindowMilliseconds":120000,"maximumAgeMilliseconds":9000,"maximumMessages":7,"name":"EVENTS",\
            "retention":"limits","subjects":"events.>"}
            """
        #expect(try StoredJSON.text(of: StoredStream(stream)) == expected)
    }

    @Test func `what a later version adds is passed over, what it changes is refused`() throws {
        let more = """
            {"name":"E","subjects":"e.>","retention":"interest","duplicateWindowMilliseconds":1,"maximumBytes":5}
            """
        let other = """
            {"name":"E","subjects":"e.>","retention":"forever","duplicateWindowMilliseconds":1}
            """

        #expect(try StoredJSON.value(StoredStream.self, of: more).configuration().retention == .interest)
        let error = #expect(throws: BusError.self) {
            try StoredJSON.value(StoredStream.self, of: other).configuration()
        }
        #expect(error?.code == .refused)
    }

    @Test(
        arguments: [
            .all, .new, .after(StreamID(milliseconds: 3, sequence: 4)), .from(1_700_000_000_000), .last,
            .lastPerSubject,
        ] as [ConsumerConfiguration.DeliverPolicy]
    )
    func `a consumer is read as it was written`(policy: ConsumerConfiguration.DeliverPolicy) throws {
        let consumer = ConsumerConfiguration(
            stream: "EVENTS",
            durable: "worker",
            filters: [try SubjectFilter("events.*.a"), try SubjectFilter("events.b.>")],
            deliverPolicy: policy,
            acknowledgeWait: .milliseconds(1_234),
            backoff: [.milliseconds(5), .seconds(6)],
            maximumDeliveries: 8,
            maximumInFlight: 9,
            maximumAcknowledgePending: 10
        )

        let json = try StoredJSON.text(of: StoredConsumer(consumer))

        #expect(try StoredJSON.value(StoredConsumer.self, of: json).configuration == consumer)
    }

    @Test func `a consumer with a policy of another version is not guessed at`() throws {
        let json = try StoredJSON.text(of: StoredConsumer(ConsumerConfiguration(stream: "EVENTS", durable: "worker")))
        let other = json.replacing("\"all\"", with: "\"other\"")

        #expect(other != json)
        #expect(try StoredJSON.value(StoredConsumer.self, of: other).configuration == nil)
    }
}
