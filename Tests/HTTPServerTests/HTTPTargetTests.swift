import HTTPServer
import Testing

@Suite struct HTTPTargetTests {
    @Test func `decodes segments and query once`() throws {
        let target = try #require(HTTPTarget("/a%2Fb/%2525?q=x+y%26z&flag&q=2"))

        #expect(target.segments == ["a/b", "%25"])
        #expect(target[query: "q"] == "x y&z")
        #expect(target[query: "flag"] == "")
        #expect(target.query.map(\.value) == ["x y&z", "", "2"])
    }

    @Test func `takes the absolute form of proxies`() throws {
        #expect(HTTPTarget("http://host:80/a/b?c=d")?.segments == ["a", "b"])
        #expect(HTTPTarget("https://host")?.segments == [])
    }

    @Test(arguments: [
        "", "*", "a", "//", "/a//b", "/%0a", "/%f", "/%ff", "/a?b=%zz", "/\u{7f}",
    ])
    func `refuses what is not well-formed`(_ raw: String) {
        #expect(HTTPTarget(raw) == nil)
    }

    @Test func `a dot segment is a segment like any other`() {
        #expect(HTTPTarget("/../%2e%2e/x")?.segments == ["..", "..", "x"])
    }

    @Test func `keeps a trailing slash in mind`() {
        #expect(HTTPTarget("/a/")?.hasTrailingSlash == true)
        #expect(HTTPTarget("/")?.hasTrailingSlash == false)
    }
}
