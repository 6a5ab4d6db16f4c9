import PlatformCrypto
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

    @Test func `TLS takes its files from the query`() throws {
        let url = try RedisURL("rediss://shop:geheim@redis.example/2?ca=/etc/c%20a.pem&cert=/c.pem&key=/k.pem")

        #expect(url.address == .tcp(host: "redis.example", port: 6379))
        #expect(
            url.tls
                == TLSClientSettings(authorityFile: "/etc/c a.pem", certificateFile: "/c.pem", keyFile: "/k.pem")
        )
        #expect(url.database == 2)
        #expect(url.description == "rediss://shop:***@redis.example:6379/2?ca=/etc/c a.pem&cert=/c.pem&key=/k.pem")
        #expect(try RedisURL("rediss://redis.example").tls == TLSClientSettings())
        #expect(try RedisURL("redis://redis.example").tls == nil)
    }

    @Test func `a socket's URL has who we are before its path`() throws {
        let url = try RedisURL("unix://shop:p%3Ass@/run/my%20redis.sock?db=3")

        #expect(url == RedisURL(.unix(path: "/run/my redis.sock"), user: "shop", password: "p:ss", database: 3))
        #expect(url.description == "unix://shop:***@/run/my redis.sock?db=3")
    }

    @Test func `Sentinels are listed before the master's name`() throws {
        let text = "redis+sentinel://shop:geheim@a.example,[::1]:7000,b.example:26380/my%2Fmaster/4"
        let url = try RedisURL(text + "?sentinel_username=guard&sentinel_password=s%26t")

        #expect(
            url.address
                == .sentinels(
                    [
                        .init(host: "a.example", port: 26379), .init(host: "::1", port: 7000),
                        .init(host: "b.example", port: 26380),
                    ],
                    master: "my/master"
                )
        )
        #expect(url.credentials == .init(user: "shop", password: "geheim"))
        #expect(url.sentinelCredentials == .init(user: "guard", password: "s&t"))
        #expect(url.database == 4)
        #expect(!url.description.contains("geheim"))
        #expect(!url.description.contains("s&t"))
        #expect(try RedisURL("rediss+sentinel://a/m?ca=/ca.pem").tls == TLSClientSettings(authorityFile: "/ca.pem"))
    }

    @Test(arguments: [
        "redis://host?ca=/ca.pem", "redis://host/1?x", "rediss://host?ca", "rediss://host?ca=", "rediss://host?a=b",
        "rediss://host?ca=/a&ca=/b", "rediss://host?cert=/a", "rediss://host?key=/a", "rediss://host?ca=%f",
        "unix://host/path", "unix://user@/path", "unix:///path?user=a", "unix:///a%00b", "redis+sentinel://host",
        "redis+sentinel://host/", "redis+sentinel://a,,b/m", "redis+sentinel://a/m/1/2", "redis+sentinel://a:b/m",
        "redis+sentinel://a/m?sentinel_username=x", "redis+sentinel://a/m?ca=/ca.pem", "redis+sentinel:///m",
        "rediss+sentinel://a/m/x",
    ])
    func `what does not belong into a URL is refused`(text: String) {
        let error = #expect(throws: RedisURL.Malformed.self) { try RedisURL(text) }

        #expect(error?.description.contains(text) == false)
    }
}
