import Foundation
import Testing

@testable import StoreService

@Suite struct SignInTallyTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `counts by address and minute, with the first and the last time`() throws {
        var tally = SignInTally()
        tally.note("a", requestID: "r1", at: start)
        tally.note("a", requestID: "r2", at: start + 59)
        tally.note("a", requestID: "r3", at: start + 60)
        tally.note("b", requestID: "r4", at: start)

        let entries = tally.unwritten.sorted { ($0.address, $0.first) < ($1.address, $1.first) }
        #expect(entries.map(\.attempts) == [2, 1, 1])
        #expect(entries.map(\.requestID) == ["r1", "r3", "r4"])
        #expect(entries.first?.first == start && entries.first?.last == start + 59)
    }

    @Test func `what was written is not written again until it grows`() {
        var tally = SignInTally()
        tally.note("a", requestID: "r", at: start)
        tally.wrote(tally.unwritten, at: start)
        #expect(tally.unwritten.isEmpty)

        tally.note("a", requestID: "r", at: start + 1)
        #expect(tally.unwritten.map(\.attempts) == [2])
    }

    @Test func `what grows while it is being written is written again`() {
        var tally = SignInTally()
        tally.note("a", requestID: "r", at: start)
        let written = tally.unwritten
        tally.note("a", requestID: "r", at: start + 1)

        tally.wrote(written, at: start + 1)

        #expect(tally.unwritten.map(\.attempts) == [2])
    }

    @Test func `a flood from everywhere makes so many entries and one more`() {
        var tally = SignInTally(addressLimit: 10)
        for number in 0..<1000 { tally.note("address-\(number)", requestID: "r", at: start) }

        #expect(tally.unwritten.count == 11)
        #expect(tally.unwritten.map(\.attempts).reduce(0, +) == 1000)
        #expect(tally.unwritten.first { $0.address == SignInTally.otherAddresses }?.attempts == 990)
    }

    @Test func `minutes that are over and written make room; those not written are kept`() {
        var tally = SignInTally(addressLimit: 2)
        tally.note("a", requestID: "r", at: start)
        tally.note("b", requestID: "r", at: start)
        tally.wrote(tally.unwritten.filter { $0.address == "a" }, at: start + 60)

        tally.note("c", requestID: "r", at: start + 60)
        tally.note("d", requestID: "r", at: start + 60)

        #expect(Set(tally.unwritten.map(\.address)) == ["b", "c", SignInTally.otherAddresses])
    }
}
