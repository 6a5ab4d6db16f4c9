import Testing

@testable import HTTPServer

@Suite struct AddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::", "::"), ("0.0.0.0", "0.0.0.0"),
    ])
    func `one address has one spelling`(_ text: String, _ canonical: String) throws {
        #expect(try #require(IPAddress(text)).description == canonical)
    }

    @Test(arguments: [
        "", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "fe80::1%eth0", "::1::", "1:2:3",
        "0x7f.1", "[::1]", "1.2.3.4:80",
    ])
    func `refuses what is no address`(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.7/8", "10.9.9.9", true),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "192.0.2.1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false), ("::1", "::1", true),
        ("::ffff:10.0.0.0/104", "10.2.3.4", true), ("192.0.2.128/25", "192.0.2.127", false),
    ])
    func `a range holds the addresses that share its bits`(_ range: String, _ address: String, _ isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "/8", "x/8", "10.0.0.0/ 8"])
    func `refuses what is no range`(_ text: String) { #expect(AddressRange(text) == nil) }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7, 10.0.0.2 ,10.0.0.1", "203.0.113.7"),
        ("10.0.0.3,10.0.0.2", "10.0.0.3"),
        ("198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
    ])
    func `the right-most address that is no proxy is the client`(_ field: String, _ client: String) throws {
        let proxies = try #require(TrustedProxies(parsing: "10.0.0.0/8, fd00::/8"))
        #expect(proxies.client(in: ["X-Forwarded-For": field])?.description == client)
    }

    @Test func `several fields are one list`() throws {
        let proxies = try #require(TrustedProxies(parsing: "10.0.0.0/8"))
        var headers: HTTPHeaders = ["X-Forwarded-For": "198.51.100.1"]
        headers.add("x-forwarded-for", "203.0.113.7, 10.0.0.2")
        headers.add("X-Forwarded-For", "10.0.0.1")

        #expect(proxies.client(in: headers)?.description == "203.0.113.7")
        #expect(proxies.client(in: [:]) == nil)
        #expect(proxies.client(in: ["X-Forwarded-For": "unknown"]) == nil)
    }

    @Test func `the nearest proxy says whether it was TLS`() {
        #expect(TrustedProxies.isEncrypted(["X-Forwarded-Proto": "http, HTTPS"]))
        #expect(!TrustedProxies.isEncrypted(["X-Forwarded-Proto": "https, http"]))
        #expect(!TrustedProxies.isEncrypted([:]))
    }

    @Test func `a user of IPv6 is their network`() {
        #expect(IPAddress.network(of: "2001:db8:1:2::1") == IPAddress.network(of: "2001:db8:1:2:ffff::9"))
        #expect(IPAddress.network(of: "2001:db8:1:2::1") != IPAddress.network(of: "2001:db8:1:3::1"))
        #expect(IPAddress.network(of: "192.0.2.1") == "192.0.2.1")
    }

    @Test func `only a trusted peer's word is taken`() async throws {
        let field = "X-Forwarded-For: 203.0.113.7, 198.51.100.1\r\nX-Forwarded-Proto: https\r\n"
        for (trusted, answer) in [("", "127.0.0.1 false"), ("127.0.0.0/8", "198.51.100.1 true")] {
            let proxies = try #require(TrustedProxies(parsing: trusted))
            try await withListener {
                $0.trustedProxies = proxies
            } handler: { request in
                .text("\(request.clientAddress) \(request.isEncrypted)")
            } _: { listener, _ in
                let client = try await RawClient.connect(listener.port)
                #expect(try await client.get("/", headers: field).body == answer)
            }
        }
    }
}
