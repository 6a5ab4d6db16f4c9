import Foundation
import HTTPServer
import ServiceRuntime
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

    @Test func `the page of the API and the contract are served beside the dashboard`() async throws {
        let folder = ContractDocument.file.deletingLastPathComponent()
        try await GatewayHarness.run(dashboard: folder.path) { gateway in
            let page = try await gateway.client.call("GET", "/docs")
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            for file in page.text.matches(of: /(?:href|src)="(\/[^"]+)"/).map({ String($0.output.1) }) {
                #expect(try await gateway.client.call("GET", file).status == 200, "\(file)")
            }
            let contract = try await gateway.client.call("GET", "/openapi.json")
            #expect(contract.headers["Content-Type"] == "application/json")
            #expect(try contract.json["openapi"] == "3.1.0")
            #expect(contract.headers["ETag"] != nil)
        }
    }

    @Test func `a large file was compressed at the start, for who takes it`() async throws {
        try await withDashboard { folder in
            let script = String(repeating: "export const a = 1;\n", count: 500)
            try Data(script.utf8).write(to: URL(filePath: folder).appending(path: "large.js"))
            try await GatewayHarness.run(dashboard: folder) { gateway in
                let plain = try await gateway.client.call("GET", "/large.js")
                #expect(plain.text == script)
                #expect(plain.headers["Vary"] == "Accept-Encoding")
                let accept = ["Accept-Encoding": "gzip, br"]
                let small = try await gateway.client.call("GET", "/large.js", headers: accept)
                #expect(small.headers["Content-Encoding"] == "gzip")
                #expect(small.headers["Content-Length"].flatMap { Int($0) }.map { $0 < 500 } == true)
                let (tag, other) = (try #require(small.headers["ETag"]), try #require(plain.headers["ETag"]))
                #expect(tag != other, "other bytes have another strong tag")
                for known in [tag, other] {
                    let again = try await gateway.client.call(
                        "GET",
                        "/large.js",
                        headers: accept.merging(["If-None-Match": known]) { $1 }
                    )
                    #expect(again.status == 304)
                    #expect(again.headers["Vary"] == "Accept-Encoding")
                }
                let short = try await gateway.client.call("GET", "/app.js", headers: accept)
                #expect(short.headers["Content-Encoding"] == nil)
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
