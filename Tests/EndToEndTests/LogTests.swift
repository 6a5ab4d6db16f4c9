import AsyncHTTPClient
import Foundation
import KubernetesClient
import NIOCore
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    /// What can be seen of a store's pods without touching Kubernetes.
    @Suite(.serialized) struct LogTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `pods, usage and logs of a store are seen, followed, and hold no password`() async throws {
            let name = Platform.name("logs")
            let id = try await platform.create(name)
            try await platform.wait(for: id, "READY")

            let pods = try await platform.call(.GET, "/api/stores/\(id)/pods").json["items"]?.arrayValue ?? []
            let running = pods.filter { $0["phase"]?.stringValue == "Running" && $0["ready"]?.boolValue == true }
            #expect(Set(running.compactMap { $0["component"]?.stringValue }) == ["wordpress", "mysql"], "\(pods)")
            let usage = try await platform.call(.GET, "/api/stores/\(id)/usage").json["resources"]?.arrayValue ?? []
            let memory = try #require(usage.first { $0["resource"]?.stringValue == "requests.memory" })
            #expect(memory["hard"]?.stringValue == "4Gi")
            #expect((memory["usedValue"]?.doubleValue ?? 0) > 100 * 1_048_576)

            // What a program must never do; it does it three ways.
            let words =
                #"printf 'x%sy\n' "$(cat "$MYSQL_PASSWORD_FILE")"; base64 < "$MYSQL_PASSWORD_FILE"; echo marker-0"#
            let following = Task { try await follow(id, "pod=store-mysql-0", until: "marker-1") }
            try await say(name, words)
            let seen = try await platform.poll(within: .seconds(20)) {
                try await platform.call(.GET, "/api/stores/\(id)/logs?pod=store-mysql-0").text.contains("marker-0")
            }
            #expect(seen)
            try await say(name, "\(words); printf '\\033[31mred\\033[0m\\n'; echo marker-1")
            let live = try await following.value
            #expect(live.contains("event: line"))
            #expect(live.contains(#""text":"red""#))

            let secret = try await platform.kubernetes.get(.secrets, "store-secrets", namespace: "store-\(name)")
            let values = try #require(secret.json["data"]?.objectValue).values.compactMap(\.stringValue)
            var texts = [live]
            for pod in pods.compactMap({ $0["name"]?.stringValue }) {
                let log = try await platform.call(.GET, "/api/stores/\(id)/logs?pod=\(pod)&tail=5000")
                #expect(log.status == 200, "\(pod): \(log.text)")
                texts.append(log.text)
            }
            #expect(texts.contains { $0.contains("x•••y") })
            for text in texts {
                for encoded in values {
                    let plain = String(decoding: try #require(Data(base64Encoded: encoded)), as: UTF8.self)
                    #expect(!text.contains(plain), "a password stands in a log")
                    #expect(!text.contains(encoded.prefix(20)), "a password stands, encoded, in a log")
                }
            }
            #expect(try await platform.call(.GET, "/api/stores/\(id)/logs?pod=none").status == 404)
            #expect(try await platform.call(.GET, "/api/stores/\(id)/logs?pod=..%2Fsecrets").status == 400)
            let previous = try await platform.call(.GET, "/api/stores/\(id)/logs?pod=store-mysql-0&previous=true")
            #expect(previous.status == 409, "\(previous.text)")
            let overview = try await platform.call(.GET, "/api/overview").json
            #expect((overview.at("provisioning.succeeded")?.intValue ?? 0) > 0)
            // The other regions' guards run only while a test needs them.
            let local = overview["capacity"]?.arrayValue?.first { $0["region"]?.stringValue == "local" }
            #expect(local?["known"]?.boolValue == true, "\(overview)")
            try await platform.delete(id, name)
        }

        @Test func `a provisioner that is killed costs a follower no line and doubles none`() async throws {
            let regionName = "faulty11"
            let region = try TestRegion(regionName)
            defer { region.stop() }
            let name = Platform.name("follow")
            let id = try await platform.create(name, region: regionName)
            try await platform.wait(for: id, "READY")
            let lines = 300

            let following = Task { try await follow(id, "pod=store-mysql-0&tail=1", until: "marker-\(lines)\"") }
            let writing = Task {
                try await say(
                    name,
                    "for i in $(seq 1 \(lines)); do echo marker-$i; sleep 0.1; done"
                )
            }
            for _ in 0..<2 {
                // How long it works before it dies is no condition, but any moment will do.
                try await Task.sleep(for: .seconds(5))
                try region.process("provisioner").kill()
                try region.start("provisioner")
            }
            try await writing.value

            let text = try await following.value
            let numbers = text.matches(of: /"text":"marker-(\d+)"/).compactMap { Int($0.output.1) }
            #expect(numbers == Array(1...lines))
            #expect(!text.contains("event: gap"))
            try await platform.delete(id, name)
        }

        /// Has the store's database write into its own log what a shell prints.
        private func say(_ store: String, _ script: String) async throws {
            try await Machine.run(
                "/bin/sh",
                "-c",
                #"exec kubectl -n "$0" exec store-mysql-0 -- sh -c "{ $1; } > /proc/1/fd/1""#,
                "store-\(store)",
                script
            )
        }

        /// A followed log until something stands in it.
        private func follow(_ id: String, _ query: String, until mark: String) async throws -> String {
            var request = HTTPClientRequest(url: "\(platform.url)/api/stores/\(id)/logs?follow=true&\(query)")
            request.headers.add(name: "Authorization", value: "Bearer \(platform.key)")
            let response = try await HTTPClient.shared.execute(request, deadline: .now() + .seconds(180))
            #expect(response.status == .ok)
            var text = ""
            for try await part in response.body {
                text += String(buffer: part)
                if text.contains(mark) { break }
            }
            return text
        }
    }
}
