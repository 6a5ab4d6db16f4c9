import HTTPServer
import MessageBus
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct RecentEventsTests {
    private func id(_ number: UInt64) -> StreamID { StreamID(milliseconds: number, sequence: 0) }

    private func event(_ number: UInt64) throws -> StoredMessage {
        StoredMessage(id: id(number), message: BusMessage(subject: try Subject("stores.x.changed")))
    }

    private func notice(_ number: UInt64) throws -> LiveEvent {
        let notice = StoreNotice(kind: .removed, storeID: Fixture.store, ownerID: Fixture.user)
        return try #require(try LiveEvent(notice, id: id(number)))
    }

    @Test func `gives what came after an id`() throws {
        var recent = RecentEvents(capacity: 10)
        for number in 1...5 { #expect(recent.append(try event(UInt64(number)))) }

        #expect(recent.after(id(3))?.map(\.id) == [id(4), id(5)])
        #expect(recent.after(id(5))?.isEmpty == true)
        #expect(recent.after(id(9))?.isEmpty == true)
        #expect(recent.newest == id(5))
    }

    @Test func `knows what it does not know`() throws {
        var recent = RecentEvents(capacity: 2)
        #expect(recent.after(id(1)) == nil)
        for number in 5...9 { _ = recent.append(try event(UInt64(number))) }

        #expect(recent.after(id(4)) == nil)
        #expect(recent.after(id(6)) == nil, "7 was dropped")
        #expect(recent.after(id(7))?.map(\.id) == [id(8), id(9)])
    }

    @Test func `leaves repetitions out`() throws {
        var recent = RecentEvents(capacity: 10)
        _ = recent.append(try event(2))

        #expect(!recent.append(try event(2)))
        #expect(!recent.append(try event(1)))
    }

    @Test func `members see their own, admins all`() throws {
        let event = try notice(1)

        #expect(event.isVisible(to: Caller(userID: Fixture.user, role: .viewer)))
        #expect(!event.isVisible(to: Caller(userID: Fixture.otherUser, role: .member)))
        #expect(event.isVisible(to: Caller(userID: Fixture.otherUser, role: .admin)))
    }

    @Test func `a deletion has the store's id, and a stream id to resume from`() throws {
        let frame = try #require(try notice(7).frames.first)

        #expect(frame.name == "storeDeleted")
        #expect(frame.id == "7-0")
        #expect(frame.data == #"{"id":"\#(Fixture.store)"}"#)
    }
}
