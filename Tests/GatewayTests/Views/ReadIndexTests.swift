import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Gateway

/// The view and its index over a bucket in memory.
@Suite(.timeLimit(.minutes(1))) struct ReadIndexTests {
    private struct World {
        let bucket: any KeyValueBucket
        let view = StoreView()
        let index: ReadIndex

        init(_ bucket: any KeyValueBucket) {
            self.bucket = bucket
            index = ReadIndex(view: view) { true }
        }

        func put(_ store: StoreResource) async throws {
            try await bucket.put(store.id.description, try ViewFixture.value(store))
        }
    }

    /// Runs a view over an empty bucket. `isFed`: whether it is told of changes.
    private static func run(isFed: Bool = true, _ body: (World) async throws -> Void) async throws {
        let bus = MemoryMessageBus()
        let world = World(try await StoreViewBucket.open(on: bus))
        let feed = StoreViewFeed(
            bus: bus,
            view: world.view,
            index: world.index,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { if isFed { try await feed.run() } else { try await world.index.serve(world.bucket) } }
            try await body(world)
            group.cancelAll()
        }
    }

    @Test func `what was put before the question is in the view after it`() async throws {
        try await Self.run { world in
            try await world.bucket.put(StoreViewBucket.complete, [])
            try await eventually("a complete view") { await world.index.confirm() }
            for number in 1...300 {
                try await world.put(try ViewFixture.store(number))
                #expect(await world.index.confirm())
                #expect(try world.view.store(try ViewFixture.id(number), for: ViewFixture.member) != nil)
                let page = try #require(world.view.page(try ViewFixture.query(ViewFixture.member, limit: 1)))
                #expect(String(decoding: page.json, as: UTF8.self).contains(try ViewFixture.id(number).description))
            }
        }
    }

    @Test func `an incomplete bucket is no answer, and nobody asks it`() async throws {
        try await Self.run { world in
            try await world.put(try ViewFixture.store(1))
            try await eventually("a store in the view") { world.view.count == 1 }

            #expect(await world.index.confirm() == false)
            #expect(world.index.figures.unusable == 1)
            #expect(world.index.figures.questions == 0)
        }
    }

    @Test func `one question serves all who wait`() async throws {
        try await Self.run { world in
            try await world.bucket.put(StoreViewBucket.complete, [])
            try await eventually("a complete view") { await world.index.confirm() }
            let before = world.index.figures

            let answers = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<2000 { group.addTask { await world.index.confirm() } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(answers == 2000)
            #expect(world.index.figures.current - before.current == 2000)
            #expect(world.index.figures.questions - before.questions < 2000)
        }
    }

    @Test func `a view that stays behind is no answer`() async throws {
        try await Self.run(isFed: false) { world in
            let mark = try await world.bucket.put(StoreViewBucket.complete, [])
            let entry = KeyValueEntry(key: StoreViewBucket.complete, value: [], revision: mark, operation: .put)
            _ = world.view.apply(.entry(entry))
            _ = world.view.apply(.initialValuesDone(mark))
            try await eventually("a current view") { await world.index.confirm() }

            try await world.put(try ViewFixture.store(1))

            #expect(await world.index.confirm() == false)
            #expect(world.index.figures.behind == 1)
        }
    }

    @Test func `a bucket that was lost is noticed, and the view begins anew`() async throws {
        try await Self.run { world in
            try await world.bucket.put(StoreViewBucket.complete, [])
            try await world.put(try ViewFixture.store(1))
            try await eventually("a complete view") { await world.index.confirm() }

            // As if Redis had been emptied and filled again.
            try await world.bucket.purge(StoreViewBucket.complete)
            #expect(await world.index.confirm() == false)
            try await world.bucket.purge(try ViewFixture.id(1).description)
            try await world.put(try ViewFixture.store(2))
            try await world.bucket.put(StoreViewBucket.complete, [])

            try await eventually("a complete view again") { await world.index.confirm() }
            #expect(throws: ServiceFault.self) { try world.view.store(try ViewFixture.id(1), for: ViewFixture.member) }
            #expect(try world.view.store(try ViewFixture.id(2), for: ViewFixture.member) != nil)
        }
    }

    @Test func `a mark that was replaced makes the view begin anew`() async throws {
        try await Self.run { world in
            try await world.bucket.put(StoreViewBucket.complete, [])
            try await eventually("a complete view") { await world.index.confirm() }

            try await world.bucket.put(StoreViewBucket.complete, [])

            try await eventually("a complete view again") { await world.index.confirm() }
        }
    }

    @Test func `another's store is not found, and admins see all`() async throws {
        let view = StoreView()
        let store = try ViewFixture.store(1)
        _ = view.apply(.entry(try ViewFixture.put(store, at: 1)))
        #expect(try view.store(store.id, for: ViewFixture.member) == nil)
        _ = view.apply(.initialValuesDone(.zero))
        let stranger = Caller(userID: Fixture.otherUser, role: .member)

        #expect(try view.store(store.id, for: ViewFixture.member)?.item.id == store.id)
        #expect(try view.store(store.id, for: ViewFixture.admin)?.item.id == store.id)
        let fault = #expect(throws: ServiceFault.self) { try view.store(store.id, for: stranger) }
        #expect(fault?.code == .notFound)
        let page = try #require(view.page(try ViewFixture.query(stranger)))
        #expect(String(decoding: page.json, as: UTF8.self) == #"{"items":[],"nextCursor":null}"#)
    }
}
