import Foundation
import HTTPServer
import Testing

@testable import Gateway

@Suite struct StaticFilesTests {
    private func withDashboard(_ body: (String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "dashboard-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "icons"), withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: root) } catch { Issue.record(error) }
        }
        try Data("<!doctype html>".utf8).write(to: root.appending(path: "index.html"))
        try Data("export {}".utf8).write(to: root.appending(path: "app.js"))
        try Data("<svg/>".utf8).write(to: root.appending(path: "icons/a.svg"))
        try Data("secret".utf8).write(to: root.appending(path: ".env"))
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "link.txt"),
            withDestinationURL: URL(filePath: "/etc/passwd")
        )
        try await body(root.path)
    }

    @Test func `serves the dashboard with types, tags and a strict policy`() async throws {
        try await withDashboard { folder in
            try await GatewayHarness.run(dashboard: folder) { gateway in
                let index = try await gateway.client.call("GET", "/")
                #expect(index.text == "<!doctype html>")
                #expect(index.headers["Content-Type"] == "text/html; charset=utf-8")
                #expect(index.headers["Content-Security-Policy"]?.contains("script-src 'self'") == true)
                #expect(index.headers["X-Content-Type-Options"] == "nosniff")

                let script = try await gateway.client.call("GET", "/app.js")
                #expect(script.headers["Content-Type"] == "text/javascript; charset=utf-8")
                let tag = try #require(script.headers["ETag"])
                let again = try await gateway.client.call("GET", "/app.js", headers: ["If-None-Match": tag])
                #expect(again.status == 304)
                #expect(try await gateway.client.call("GET", "/icons/a.svg").status == 200)
                let post = try await gateway.client.call("POST", "/app.js")
                #expect(post.status == 405)
                #expect(post.headers["Allow"] == "GET, HEAD, OPTIONS")
            }
        }
    }

    @Test func `nothing outside the folder, nothing hidden and no link is served`() async throws {
        try await withDashboard { folder in
            try await GatewayHarness.run(dashboard: folder) { gateway in
                for path in [
                    "/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2fetc%2fpasswd", "/icons/../app.js", "/.env",
                    "/link.txt", "/icons", "/icons/", "/app.js/", "/APP.JS", "/icons%2Fa.svg",
                ] {
                    let answer = try await gateway.client.call("GET", path)
                    #expect(answer.status == 404, "\(path)")
                }
            }
        }
    }

    @Test func `a folder without a dashboard ends the start`() async throws {
        await #expect(throws: StaticFiles.Unreadable.self) { try await StaticFiles.load("/nonexistent") }
    }
}
