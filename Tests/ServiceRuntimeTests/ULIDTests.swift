import Foundation
import ServiceRuntime
import Testing

@Suite struct ULIDTests {
    @Test func `is 26 characters of Crockford's alphabet, time first`() {
        var random = CountingGenerator()

        let id = ULID(now: Date(timeIntervalSince1970: 1_469_918_176.385), random: &random)

        // The time part is the example of the ULID specification.
        #expect(id.string.hasPrefix("01ARYZ6S41"))
        #expect(id.string.count == 26)
        #expect(id.date.timeIntervalSince1970 == 1_469_918_176.385)
    }

    @Test func `sorts by the time it was made`() {
        var random = SystemRandomNumberGenerator()
        let start = Date(timeIntervalSince1970: 1_700_000_000)

        let ids = (0..<100).map { ULID(now: start.addingTimeInterval(Double($0) / 1000), random: &random) }

        #expect(ids.shuffled().sorted() == ids)
        #expect(Set(ids).count == 100)
    }

    @Test func `every random number makes one`() {
        var random = SystemRandomNumberGenerator()

        for _ in 0..<10_000 {
            let id = ULID(now: Date(timeIntervalSince1970: 1_700_000_000), random: &random)
            #expect(ULID(id.string) == id)
        }
    }

    @Test func `two of the same moment differ by their randomness`() {
        var random = CountingGenerator()
        let now = Date(timeIntervalSince1970: 1)

        #expect(ULID(now: now, random: &random) != ULID(now: now, random: &random))
    }

    @Test(arguments: [
        "", "01ARYZ6S41", "81ARYZ6S41TSV4RRFFQ69G5FAV", "01ARYZ6S41TSV4RRFFQ69G5FAU", "01ARYZ6S41-SV4RRFFQ69G5FAV",
    ])
    func `refuses what is none`(text: String) {
        #expect(ULID(text) == nil)
    }

    @Test func `is read in lower case and written in upper case`() throws {
        let id = try #require(ULID("01aryz6s41tsv4rrffq69g5fav"))

        #expect(try PlatformJSON.encodeString([id]) == #"["01ARYZ6S41TSV4RRFFQ69G5FAV"]"#)
        #expect(try PlatformJSON.decode([ULID].self, from: PlatformJSON.encode([id])) == [id])
    }
}

private struct CountingGenerator: RandomNumberGenerator {
    private var value: UInt64 = 0

    mutating func next() -> UInt64 {
        value += 1
        return value
    }
}
