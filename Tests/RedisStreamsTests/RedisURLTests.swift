import RedisStreams
import Testing

@Suite struct RedisURLTests {
    @Test func `a full URL has all its parts`() throws {
        let url = try RedisURL("redis://shop:p%40ss%2Fword@redis.example:6380/3")

        #expect(url.address == .tcp(host: "redis.example", port: 6380))
        #expect(url.user == "shop")
        #expect(url.password == "p@ss/word")
        #expect(url.database == 3)
    }

    @Test func `what is left out has its default`() throws {
        #expect(try RedisURL("redis://localhost") == RedisURL(.tcp(host: "localhost", port: 6379)))
        #expect(try RedisURL("redis://:secret@[::1]:7000/").address == .tcp(host: "::1", port: 7000))
        #expect(try RedisURL("unix:///run/redis.sock") == RedisURL(.unix(path: "/run/redis.sock")))
        #expect(try RedisURL("unix:///run/redis.sock?db=2").database == 2)
    }

    @Test func `its text never shows the password`() throws {
        let url = try RedisURL("redis://shop:geheim@redis.example/1")

        #expect(url.description == "redis://shop:***@redis.example:6379/1")
        #expect(!"\(url)".contains("geheim"))
    }

    @Test(arguments: [
        "", "localhost:6379", "http://localhost", "redis://", "redis://host:0", "redis://host:70000", "redis://host/x",
        "redis://user@host", "redis://a:%zz@host", "unix://relative", "unix:///x?y=1", "redis://[::1",
    ])
    func `what is no such URL is refused without repeating it`(text: String) {
        let error = #expect(throws: RedisURL.Malformed.self) { try RedisURL(text) }

        #expect(error.map { !$0.description.isEmpty } == true)
        #expect(text.isEmpty || error?.description.contains(text) == false)
    }

    @Test func `TLS is refused with the way out`() {
        let error = #expect(throws: RedisURL.Malformed.self) { try RedisURL("rediss://host") }

        #expect(error?.description.contains("rediss://") == true)
    }
}
