import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct FactConsumerTests {
    @Test func `facts published on the bus reach the store, notices and nonsense do no harm`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let consumer = FactConsumer(bus: fixture.bus, application: fixture.facts, logger: Fixture.logger)
        let running = Task { try await consumer.run() }
        try await fixture.bus.ensureStream(Streams.stores)
        let nonsense = BusMessage(subject: Subjects.fact(.progressed, of: store.id), body: Array("{}".utf8))

        _ = try await fixture.bus.append(nonsense, to: Streams.stores.name)
        try await fixture.relay.drain()
        try await fixture.bus.publish(fixture.fact(.provisioningStarted, of: store))
        try await fixture.bus.publish(fixture.fact(.provisioned, of: store))

        try await eventually { try await fixture.get(store.id, as: caller).status == .ready }
        try await eventually { fixture.bus.deadLetters(of: Streams.stores.name).count == 1 }
        running.cancel()
        try await running.value
    }

    @Test func `a fact waits while the database is away`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        // A database whose schema is not there yet refuses as one that is away does.
        let away = StoreDatabase(pool: fixture.database.pool)
        let application = FactApplication(
            database: away,
            admission: fixture.admission,
            logger: Fixture.logger,
            now: fixture.clock.now
        )
        let consumer = FactConsumer(bus: fixture.bus, application: application, logger: Fixture.logger)
        try await fixture.bus.ensureStream(Streams.stores)
        let running = Task { try await consumer.run() }
        try await fixture.bus.publish(fixture.fact(.provisioned, of: store))
        await #expect(throws: (any Error).self) {
            try await application.apply(fixture.fact(.progressed, of: store), messageID: "x")
        }

        away.schemaIsInstalled()

        try await eventually { try await fixture.get(store.id, as: caller).status == .ready }
        running.cancel()
        try await running.value
    }
}
