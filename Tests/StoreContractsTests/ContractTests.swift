import Foundation
import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@Suite struct ContractTests {
    private func fact(_ kind: StoreFact.Kind) throws -> StoreFact {
        StoreFact(
            kind: kind,
            storeID: try #require(StoreID("01JDABCDEFGHJKMNPQRSTVWXYZ")),
            generation: 3,
            occurredAt: Date(timeIntervalSince1970: 1_800_000_000),
            message: "m",
            duration: 1.5,
            metadata: ["pods": 2]
        )
    }

    @Test func `a body arrives as it was sent`() throws {
        let sent = try fact(.releaseInstalled)

        let message = try Contract.message(Subjects.fact(sent.kind, of: sent.storeID), sent, messageID: "x")

        #expect(try Contract.body(StoreFact.self, of: message) == sent)
        #expect(message.headers[MessageHeaders.Name.messageID] == "x")
        #expect(message.subject.description == "stores.01JDABCDEFGHJKMNPQRSTVWXYZ.releaseInstalled")
    }

    @Test func `a fault arrives as a thrown fault`() throws {
        let fault = ServiceFault(.nameTaken, "Taken.", issues: [.init(field: "name", issue: "is taken")])

        let message = try Contract.message(Subjects.Store.create, fault: fault)

        #expect(throws: fault) { try Contract.body(StoreAccepted.self, of: message) }
    }

    @Test func `a body that cannot be read is an invalid request`() throws {
        let message = BusMessage(subject: Subjects.Store.get, body: Array("{".utf8))

        let error = #expect(throws: ServiceFault.self) { try Contract.body(StoreRequest.self, of: message) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func `a newer schema version is refused`() throws {
        var message = try Contract.message(Subjects.Store.get, try fact(.progressed))
        try message.headers.set(MessageHeaders.Name.schemaVersion, "2")

        #expect(throws: ServiceFault.self) { try Contract.body(StoreFact.self, of: message) }
    }

    @Test func `every fact that ends a step means that step to the state machine`() throws {
        let completed = try StoreFact.Kind.allCases.compactMap { try fact($0).completedStep }

        #expect(completed == ProvisioningStep.allCases)
    }

    @Test func `facts and notices never share a subject`() {
        let facts = Set(StoreFact.Kind.allCases.map(\.rawValue))

        #expect(facts.isDisjoint(with: StoreNotice.Kind.allCases.map(\.rawValue)))
    }

    @Test func `a request finds its handler and a fault its way back`() async throws {
        let bus = MemoryMessageBus()
        var router = RequestRouter(logger: .init(label: "test"))
        router.on(Subjects.Auth.verify, VerifyKey.self) { request -> Page<String> in
            guard request.keyHash == "known" else { throw ServiceFault(.unauthenticated, "No such key.") }
            return Page(items: ["ok"], nextCursor: nil)
        }
        let responder = RequestResponder(
            bus: bus,
            filter: Subjects.Auth.all,
            queueGroup: "store-service",
            logger: .init(label: "test"),
            handler: { [router] in await router.answer($0) }
        )
        let serving = Task { try await responder.run() }
        defer { serving.cancel() }
        while true {
            do {
                let page: Page<String> = try await bus.call(
                    Subjects.Auth.verify,
                    VerifyKey(keyHash: "known"),
                    timeout: .seconds(5)
                )
                #expect(page.items == ["ok"])
                break
            } catch let error as BusError where error.code == .noResponders {
                await Task.yield()
            }
        }

        await #expect(throws: ServiceFault(.unauthenticated, "No such key.")) {
            let _: Page<String> = try await bus.call(
                Subjects.Auth.verify,
                VerifyKey(keyHash: "other"),
                timeout: .seconds(5)
            )
        }
    }
}
