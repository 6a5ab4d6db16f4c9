import MessageBus
import Testing

@Suite struct SubjectTests {
    @Test(arguments: [
        ("a.b.c", "a.b.c", true), ("a.*.c", "a.b.c", true), ("a.>", "a.b.c", true), ("a.>", "a", false),
        ("a.*", "a.b.c", false), ("*.b.c", "a.b.c", true), (">", "a", true), ("a.b", "a.b.c", false),
        ("a.b.c.d", "a.b.c", false), ("a.*.>", "a.b", false), ("a.*.>", "a.b.c.d", true),
    ])
    func `wildcards match as in NATS`(filter: String, subject: String, expected: Bool) throws {
        #expect(try SubjectFilter(filter).matches(Subject(subject)) == expected)
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "a{b}", "a:b", "ä", "a\r\n", "a\u{0}"])
    func `a malformed subject is refused`(text: String) {
        #expect(throws: BusError.self) { try Subject(text) }
    }

    @Test(arguments: ["a.>.b", ">.a", "a.b*", "a.*b", "a..*"])
    func `a malformed filter is refused`(text: String) {
        #expect(throws: BusError.self) { try SubjectFilter(text) }
    }

    @Test func `stream ids order by time and then by count`() throws {
        let ids = try ["5-0", "5-1", "10-0"].map { try #require(StreamID($0)) }

        #expect(ids == ids.reversed().sorted())
        #expect(StreamID("18446744073709551615-18446744073709551615")?.milliseconds == .max)
        for text in ["", "5", "5-", "-1", "a-b", "5-0-1", "+5-0", "5--0", "5-+1", " 5-0", "18446744073709551616-0"] {
            #expect(StreamID(text) == nil)
        }
    }
}
