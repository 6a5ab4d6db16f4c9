import MessageBus
import PostgresClient
import ServiceLifecycle
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct RequestServiceTests {
    @Test func `who has no schema yet leaves the requests to others`() async throws {
        let bus = MemoryMessageBus()
        let database = StoreDatabase(
            pool: PostgresPool(
                PostgresConfiguration(url: "postgresql://nobody@127.0.0.1:1/none"),
                logger: Fixture.logger
            )
        )
        let responder = RequestResponder(
            bus: bus,
            filter: try SubjectFilter("store.>"),
            queueGroup: "store-service",
            logger: Fixture.logger
        ) { BusMessage(subject: $0.subject, body: $0.body) }
        let group = ServiceGroup(
            services: [RequestService(database: database, responders: [responder])],
            logger: Fixture.logger
        )
        let running = Task { try await group.run() }
        let client = bus.peer()
        let question = BusMessage(subject: try Subject("store.v1.get"), body: Array("hello".utf8))

        await #expect { try await client.request(question, timeout: .seconds(1)) } throws: {
            ($0 as? BusError)?.code == .noResponders
        }
        database.schemaIsInstalled()

        try await eventually {
            do { return try await client.request(question, timeout: .seconds(1)).body == question.body } catch let error
                as BusError where error.code == .noResponders
            { return false }
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func `who is stopped before the schema is there ends`() async throws {
        let database = StoreDatabase(
            pool: PostgresPool(
                PostgresConfiguration(url: "postgresql://nobody@127.0.0.1:1/none"),
                logger: Fixture.logger
            )
        )
        let group = ServiceGroup(
            services: [RequestService(database: database, responders: [])],
            logger: Fixture.logger
        )
        let running = Task { try await group.run() }

        await group.triggerGracefulShutdown()

        try await running.value
    }
}
