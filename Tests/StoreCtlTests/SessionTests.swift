import Foundation
import Testing

@testable import StoreCtl

@Suite struct SessionTests {
    @Test func `the environment names a session when it names both`() {
        #expect(
            Session(environment: ["STORECTL_URL": "http://a", "STORECTL_KEY": "k"])
                == Session(url: "http://a", key: "k")
        )
        let platform = ["STORE_PLATFORM_URL": "http://b", "STORE_PLATFORM_API_KEY": "l"]
        #expect(Session(environment: platform) == Session(url: "http://b", key: "l"))
        #expect(Session(environment: ["STORECTL_URL": "http://a"]) == nil)
        #expect(Session(environment: ["STORECTL_URL": "http://a", "STORECTL_KEY": ""]) == nil)
    }

    @Test(arguments: ["http://127.0.0.1:8080/", "https://shops.example.com"])
    func `a platform's URL is kept without its last slash`(text: String) throws {
        let url = try Session.normalized(text)
        #expect(!url.hasSuffix("/"))
        #expect(text.hasPrefix(url))
    }

    @Test(arguments: ["", "shops", "ftp://a", "http://", "http://a/b", "http://u:p@a", "http://a?x=1"])
    func `what is no platform's URL is refused`(text: String) {
        #expect(throws: ToolFailure.self) { try Session.normalized(text) }
    }

    @Test func `the session's file is its owner's alone, and is forgotten`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "storectl-\(UUID().uuidString)")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let file = SessionFile(environment: ["STORECTL_CONFIG": folder.appending(path: "a/session.json").path])
        #expect(try file.read() == nil)

        try file.write(Session(url: "http://a", key: "one"))
        try file.write(Session(url: "http://a", key: "two"))

        #expect(try file.read() == Session(url: "http://a", key: "two"))
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "a").path).count == 1)
        try Data("nonsense".utf8).write(to: URL(filePath: file.path))
        #expect(throws: ToolFailure.self) { try file.read() }
        try file.remove()
        try file.remove()
        #expect(try file.read() == nil)
    }
}

@Suite struct PatienceRuleTests {
    private let rule = PatienceRule(attempts: 3, longestWait: .seconds(5))

    @Test func `what the platform asks for is waited for, while it is little`() {
        let wait = { (status: Int, after: String?, attempt: Int) in
            rule.wait(afterStatus: status, retryAfter: after, attempt: attempt, mayRepeat: true)
        }
        #expect(wait(503, "2", 1) == .seconds(2))
        #expect(wait(429, "0", 1) == .milliseconds(200))
        #expect(wait(503, nil, 2) == .seconds(1))
        #expect(wait(503, "6", 1) == nil)
        #expect(wait(503, "soon", 1) == nil)
        #expect(wait(503, "2", 3) == nil)
        #expect(wait(500, "2", 1) == nil)
        #expect(wait(409, nil, 1) == nil)
    }

    @Test func `what must not come twice is sent once`() {
        #expect(rule.wait(afterStatus: 503, retryAfter: "1", attempt: 1, mayRepeat: false) == nil)
    }
}

@Suite struct ToolFailureTests {
    @Test(arguments: [(401, 3), (403, 3), (404, 4), (409, 1), (422, 1), (429, 5), (500, 1), (503, 5)])
    func `an answer ends the tool with a number of its own`(status: Int, code: Int32) {
        let problem = APIProblem(status: status, body: Array(#"{"code":"X","detail":"No."}"#.utf8))
        #expect(ToolFailure.of(problem).status.rawValue == code)
        #expect(ToolFailure.of(problem).line == "No. [X]")
    }

    @Test func `a problem names its fields, and its request where it is not the caller's fault`() {
        let body =
            #"{"code":"INVALID","detail":"Bad.","requestId":"r1","errors":[{"field":"name","issue":"is taken"}]}"#
        #expect(APIProblem(status: 400, body: Array(body.utf8)).sentence == "Bad. name is taken. [INVALID]")
        #expect(APIProblem(status: 500, body: Array(body.utf8)).sentence.hasSuffix("(request r1)"))
        #expect(APIProblem(status: 502, body: Array("<html>".utf8)).sentence == "the answer was HTTP 502 [HTTP_502]")
    }
}
