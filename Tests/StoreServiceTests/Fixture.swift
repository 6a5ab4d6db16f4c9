import Foundation
import Logging
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import TestSupport
import Testing

@testable import StoreService

/// A store-service's parts on a database of their own and a bus in memory.
struct Fixture {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let bus: MemoryMessageBus
    let database: StoreDatabase
    let clock = TestTime()
    var requests: StoreRequests
    let people: PeopleRequests
    let audit: AuditRequests
    let facts: FactApplication
    let admission: StoreAdmission
    let transaction: CreateTransaction

    /// `concurrency`: how many stores are made at once. `capacity`: what their cluster has left.
    init(
        concurrency: Int = 1000,
        capacity: @escaping @Sendable (Region) async -> RegionCapacity? = { _ in nil },
        on server: TestPostgres? = nil,
        logger: Logger = Fixture.logger
    ) async throws {
        let shared = try await TestPostgres.sharedServer()
        var configuration = try await (server ?? shared).makeDatabase(poolSize: 8)
        // A busy machine must not look like a busy database.
        configuration.acquireTimeout = .seconds(30)
        configuration.statementTimeout = .seconds(30)
        try await self.init(
            configuration,
            concurrency: concurrency,
            capacity: capacity,
            bus: MemoryMessageBus(),
            logger: logger
        )
    }

    /// Another replica: the same database and bus, and nothing else in common.
    func replica(logger: Logger = Fixture.logger) async throws -> Fixture {
        try await Fixture(database.pool.configuration, bus: bus, logger: logger)
    }

    private init(
        _ configuration: PostgresConfiguration,
        concurrency: Int = 1000,
        capacity: @escaping @Sendable (Region) async -> RegionCapacity? = { _ in nil },
        bus: MemoryMessageBus,
        logger: Logger
    ) async throws {
        self.bus = bus
        let database = StoreDatabase(pool: PostgresPool(configuration, logger: logger))
        try await SchemaInstaller(database: database, bootstrapAdmin: nil, logger: Self.logger).install()
        self.database = database
        let region = try #require(Region("local"))
        admission = StoreAdmission(limit: concurrency)
        var environment = RequestEnvironment()
        environment.now = clock.now
        let transaction = CreateTransaction(
            database: database,
            address: StoreAddress(scheme: "http", baseDomain: "example.test"),
            admission: admission,
            history: OperationHistory(),
            failpoints: Failpoints(),
            capacity: capacity,
            environment: environment
        )
        requests = StoreRequests(
            database: database,
            creations: CreateQueue(transaction, logger: Self.logger),
            region: region,
            regions: [region],
            admission: admission,
            history: transaction.history,
            environment: environment
        )
        people = PeopleRequests(
            database: database,
            usage: KeyUsage(database: database, logger: Self.logger),
            failures: SignInFailures(database: database, logger: Self.logger, now: clock.now),
            environment: environment
        )
        audit = AuditRequests(database: database)
        self.transaction = transaction
        facts = FactApplication(database: database, admission: admission, logger: Self.logger, now: clock.now)
    }

    var relay: OutboxRelay { OutboxRelay(bus: bus, database: database, logger: Self.logger, now: clock.now) }

    /// A new user with a key of the same name.
    func user(_ name: String, role: Caller.Role = .member, maxStores: Int = 5) async throws -> Caller {
        let id = try #require(UserID(requests.environment.newID()))
        let time = clock.now()
        let user = UserRecord(
            id: id,
            email: "\(name)@example.test",
            name: name,
            role: role,
            maxStores: maxStores,
            createdAt: time,
            updatedAt: time
        )
        try await database.write { try await $0.insert(user) }
        return Caller(userID: id, role: role)
    }

    func create(
        _ name: String,
        for caller: Caller,
        displayName: String? = nil,
        plan: Plan = .small,
        deletionProtection: Bool = false,
        idempotencyKey: String? = nil
    ) async throws -> StoreAccepted {
        try await requests.create(
            request(
                name,
                for: caller,
                displayName: displayName,
                plan: plan,
                deletionProtection: deletionProtection,
                idempotencyKey: idempotencyKey
            )
        )
    }

    func request(
        _ name: String,
        for caller: Caller,
        displayName: String? = nil,
        plan: Plan = .small,
        deletionProtection: Bool = false,
        idempotencyKey: String? = nil
    ) throws -> CreateStore {
        CreateStore(
            caller: caller,
            name: try StoreName(name),
            engine: .woocommerce,
            plan: plan,
            region: nil,
            displayName: displayName ?? name,
            deletionProtection: deletionProtection,
            idempotencyKey: idempotencyKey
        )
    }

    /// What the provisioner or the guard would report.
    func fact(
        _ kind: StoreFact.Kind,
        of store: StoreResource,
        generation: Int? = nil,
        failure: StoreFailure? = nil,
        adminAccess: StoreFact.AdminAccess? = nil,
        legs: [StoreCondition.Leg]? = nil,
        degradation: StoreDegradation? = nil
    ) -> StoreFact {
        StoreFact(
            kind: kind,
            storeID: store.id,
            generation: generation ?? store.generation,
            occurredAt: clock.now(),
            message: "It happened: \(kind.rawValue).",
            duration: 1.5,
            failure: failure,
            adminAccess: adminAccess,
            legs: legs,
            degradation: degradation
        )
    }

    @discardableResult
    func apply(_ fact: StoreFact) async throws -> FactResult {
        try await facts.apply(fact, messageID: UUID().uuidString)
    }

    func get(_ id: StoreID, as caller: Caller) async throws -> StoreResource {
        try await requests.get(StoreRequest(caller: caller, storeID: id))
    }

    func events(of id: StoreID, as caller: Caller) async throws -> [String] {
        try await requests.events(ListEvents(caller: caller, storeID: id, limit: 500, cursor: nil)).items.map(\.event)
    }

    /// What waits in the outbox.
    func outbox() async throws -> [OutboxMessage] {
        try await database.read { try await $0.oldestMessages(limit: 1000) }
    }

    static let failure = StoreFailure(
        code: .imagePullFailed,
        step: .awaitWorkloads,
        message: "ErrImagePull",
        hint: "Check the image.",
        retryable: true
    )
}

/// A clock that moves a millisecond each time it is read, and further when it is told to.
final class TestTime: Sendable {
    private let milliseconds = Mutex(1_800_000_000_000)

    var now: @Sendable () -> Date {
        {
            self.milliseconds.withLock { milliseconds in
                milliseconds += 1
                return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            }
        }
    }

    func advance(by seconds: Int) { milliseconds.withLock { $0 += seconds * 1000 } }
}

/// The code of the fault that the closure throws.
func faultCode(_ body: () async throws -> some Any) async throws -> ServiceFault.Code? {
    do {
        _ = try await body()
        return nil
    } catch let fault as ServiceFault {
        return fault.code
    }
}
