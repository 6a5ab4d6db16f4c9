import StoreDomain
import Testing

@Suite struct StoreNameTests {
    @Test(arguments: ["abc", "demo", "a1-b2", "x" + String(repeating: "y", count: 39)])
    func `accepts a DNS label of 3 to 40 characters`(text: String) throws {
        #expect(try StoreName(text).namespace == "store-\(text)")
    }

    @Test(arguments: [
        ("", StoreName.Violation.length), ("ab", .length), (String(repeating: "a", count: 41), .length),
        ("1abc", .firstCharacter), ("-abc", .firstCharacter), ("abc-", .lastCharacter), ("Abc", .character),
        ("a_b", .character), ("a.b", .character), ("aé1", .character), ("a b", .character), ("abc\n", .character),
        ("admin", .reserved), ("www", .reserved), ("kube-system", .reserved),
    ])
    func `says what is wrong with a bad name`(text: String, violation: StoreName.Violation) {
        #expect(throws: violation) { try StoreName(text) }
    }

    @Test func `an id is a ULID and nothing else`() {
        #expect(StoreID("01JDABCDEFGHJKMNPQRSTVWXYZ")?.description == "01JDABCDEFGHJKMNPQRSTVWXYZ")
        for text in [
            "", "01jdabcdefghjkmnpqrstvwxyz", "01JDABCDEFGHJKMNPQRSTVWXYI", "01JDABCDEFGHJKMNPQRSTVWXY", "../etc",
        ] {
            #expect(StoreID(text) == nil)
        }
    }

    @Test func `a store's address is made of scheme, name, domain and port`() throws {
        let name = try StoreName("demo")

        #expect(
            StoreAddress(scheme: "http", baseDomain: "example.org").url(of: name) == "http://store-demo.example.org"
        )
        #expect(
            StoreAddress(scheme: "http", baseDomain: "example.org", port: 8080).url(of: name)
                == "http://store-demo.example.org:8080"
        )
    }
}
