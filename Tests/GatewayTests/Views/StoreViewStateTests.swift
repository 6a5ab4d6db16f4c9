import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Gateway

@Suite struct StoreViewStateTests {
    private static func revision(_ number: UInt64) -> StreamID { StreamID(milliseconds: number, sequence: 0) }

    @Test func `a value says the same when it is read as when it was written`() throws {
        let store = try ViewFixture.store(7, isDegraded: true, displayName: "Tea & Cö")
        let bytes = try ViewFixture.value(store, revision: 12)

        let value = try #require(StoreViewValue(bytes, of: store.id))

        #expect(value.revision == 12)
        #expect(value.shown?.item == StoreListItem(store))
        #expect(value.shown?.json == (try PlatformJSON.encode(store)))
        let gone = StoreViewValue(revision: StoreViewValue.lastRevision, shown: nil)
        #expect(StoreViewValue(gone.bytes, of: store.id) == gone)
    }

    @Test(arguments: ["", "x", "5", "5 nonsense\n{}", "5 a\tb\n{}"]) func `a value of another shape is not guessed at`(
        text: String
    ) throws {
        #expect(StoreViewValue(Array(text.utf8), of: Fixture.store) == nil)
    }

    @Test func `a store too large for the bucket is put without itself, and has to be asked for`() throws {
        let text = String(repeating: "x", count: StoreViewBucket.maximumValueSize)
        let shown = StoreViewValue.Shown(item: StoreListItem(try ViewFixture.store(1)), json: Array(text.utf8))
        let bytes = StoreViewValue(revision: 3, shown: shown).bytes
        var state = StoreViewState()

        #expect(bytes.count < StoreViewBucket.maximumValueSize)
        let key = try ViewFixture.id(1).description
        _ = state.apply(KeyValueEntry(key: key, value: bytes, revision: Self.revision(1), operation: .put))
        guard case .unknown = state.find(try ViewFixture.id(1)) else {
            Issue.record("it is not here")
            return
        }
        #expect(state.page(try ViewFixture.query(ViewFixture.member)) == nil)
    }

    @Test(arguments: StoreListSort.allCases) func `pages are those of the rules, whatever changed before`(
        sort: StoreListSort
    ) throws {
        var state = StoreViewState()
        var random = SeededRandom(seed: 20_261)
        var expected: [StoreID: StoreResource] = [:]
        for step in 1...1500 {
            let number = Int.random(in: 1...120, using: &random)
            let id = try ViewFixture.id(number)
            if Int.random(in: 0..<5, using: &random) == 0 {
                expected[id] = nil
                let operation: KeyValueEntry.Operation = step % 2 == 0 ? .purge : .put
                let gone = StoreViewValue(revision: StoreViewValue.lastRevision, shown: nil).bytes
                _ = state.apply(
                    KeyValueEntry(
                        key: id.description,
                        value: operation == .put ? gone : [],
                        revision: Self.revision(UInt64(step)),
                        operation: operation
                    )
                )
            } else {
                let store = try ViewFixture.store(
                    number,
                    owner: ViewFixture.owners[number % 2],
                    status: StoreStatus.allCases[Int.random(in: 0..<5, using: &random)],
                    plan: Plan.allCases[number % 3],
                    isDegraded: Bool.random(using: &random),
                    created: number / 3,
                    updated: Int.random(in: 0..<40, using: &random)
                )
                expected[id] = store
                _ = state.apply(try ViewFixture.put(store, at: UInt64(step)))
            }
        }
        let all = expected.values.map { StoreListItem($0) }.sorted {
            sort.precedes(StoreListPosition($0, in: sort), StoreListPosition($1, in: sort))
        }

        #expect(state.count == expected.count)
        #expect(state.applied == Self.revision(1500))
        for caller in [ViewFixture.admin, ViewFixture.member] {
            for status in [nil, StoreStatus.ready] {
                for degraded in [nil, true] {
                    for text in [nil, "-1"] {
                        var cursor: String?
                        var seen: [StoreListItem] = []
                        repeat {
                            let query = try ViewFixture.query(
                                caller,
                                status: status,
                                degraded: degraded,
                                text: text,
                                sort: sort,
                                limit: 7,
                                cursor: cursor
                            )
                            let found = try #require(state.page(query))
                            let page = found.prefix(7).map(\.item)
                            seen += page
                            cursor = found.count > 7 ? page.last.map { query.cursor(after: $0) } : nil
                        } while cursor != nil
                        let query = try ViewFixture.query(
                            caller,
                            status: status,
                            degraded: degraded,
                            text: text,
                            sort: sort
                        )
                        #expect(seen == all.filter(query.holds))
                    }
                }
            }
        }
    }

    @Test func `the mark is there when it is put; another one means to begin anew`() throws {
        var state = StoreViewState()
        func mark(_ revision: UInt64, _ operation: KeyValueEntry.Operation = .put) -> Bool {
            let key = StoreViewBucket.complete
            return state.apply(
                KeyValueEntry(key: key, value: [], revision: Self.revision(revision), operation: operation)
            )
        }

        #expect(state.mark == nil)
        #expect(mark(5))
        #expect(state.mark == Self.revision(5))
        #expect(mark(6, .purge))
        #expect(state.mark == nil)
        #expect(mark(7))
        #expect(!mark(8))
    }

    @Test func `a page is the same bytes that store-service's answer would make`() throws {
        let stores = try (1...3).map { try ViewFixture.store($0) }
        let viewed = try stores.map { ViewedStore(item: StoreListItem($0), json: try PlatformJSON.encode($0)) }
        for limit in [2, 3] {
            let query = try ViewFixture.query(ViewFixture.member, sort: .oldestFirst, limit: limit)
            let cursor = limit == 2 ? query.cursor(after: viewed[1].item) : nil
            let page = Page(items: Array(stores.prefix(limit)), nextCursor: cursor)

            #expect(RenderedPage(viewed, query).json == (try PlatformJSON.encode(PageResource(page))))
        }
    }

    @Test func `a page is kept until a store of its owner changes, and never too many of them`() throws {
        var state = StoreViewState()
        _ = state.apply(try ViewFixture.put(try ViewFixture.store(1), at: 1))
        let mine = try ViewFixture.query(ViewFixture.member)
        let everyones = try ViewFixture.query(ViewFixture.admin)
        let before = (state.version(of: mine.filter), state.version(of: everyones.filter))

        _ = state.apply(try ViewFixture.put(try ViewFixture.store(2, owner: Fixture.otherUser), at: 2))

        #expect(state.version(of: mine.filter) == before.0)
        #expect(state.version(of: everyones.filter) != before.1)
        var cache = PageCache(maximumBytes: 1000)
        for limit in 1...50 {
            let query = try ViewFixture.query(ViewFixture.member, limit: limit)
            cache.keep(RenderedPage(json: Array(repeating: 0, count: 90)), of: query, version: 1)
            #expect(cache.page(query, version: 1) != nil)
            #expect(cache.page(query, version: 2) == nil)
        }
        #expect(cache.page(try ViewFixture.query(ViewFixture.member, limit: 1), version: 1) == nil)
    }
}
