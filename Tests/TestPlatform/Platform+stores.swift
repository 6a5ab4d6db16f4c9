import Foundation
import KubernetesClient
import NIOHTTP1
package import ServiceRuntime
import Testing

extension Platform {
    /// Creates a store and returns its id; anything but 202 fails the test.
    package func create(_ name: String, region: String? = nil) async throws -> String {
        let region = region.map { #", "region": "\#($0)""# } ?? ""
        let answer = try await call(.POST, "/api/stores", #"{"name": "\#(name)", "engine": "woocommerce"\#(region)}"#)
        try #require(answer.status == 202, "\(answer.text)")
        return try #require(try answer.json.at("store.id")?.stringValue)
    }

    /// Waits until a store has a status; fails early when it has come to an end that is another.
    @discardableResult
    package func wait(for id: String, _ status: String, within limit: Duration = .seconds(180)) async throws
        -> JSONValue
    {
        var last: JSONValue = .null
        let reached = try await poll(within: limit) {
            let answer = try await call(.GET, "/api/stores/\(id)")
            guard answer.status == 200 else { return false }
            last = try answer.json
            let now = last["status"]?.stringValue
            if now == "FAILED", status != "FAILED" { return true }
            return now == status
        }
        #expect(reached && last["status"]?.stringValue == status, "store \(id) is \(last)")
        return last
    }

    /// Deletes a store and waits until neither record nor namespace is left.
    package func delete(_ id: String, _ name: String, within limit: Duration = .seconds(120)) async throws {
        let answer = try await call(.DELETE, "/api/stores/\(id)")
        #expect(answer.status == 202, "\(answer.text)")
        let gone = try await poll(within: limit) { try await call(.GET, "/api/stores/\(id)").status == 404 }
        #expect(gone, "store \(id) is not gone")
        #expect(try await kubernetes.getIfPresent(.namespaces, "store-\(name)") == nil)
    }

    /// Waits until the platform is ready for work again.
    package func waitUntilReady(within limit: Duration = .seconds(60)) async throws {
        var last = ""
        let ready = try await poll(within: limit) {
            let answer = try await call(.GET, "/ready")
            last = answer.text
            return answer.status == 200
        }
        #expect(ready, "\(last)")
    }

    /// Whether a condition comes true in time. A refused connection counts as "not yet".
    package func poll(within limit: Duration, _ condition: () async throws -> Bool) async throws -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            do {
                if try await condition() { return true }
            } catch  where clock.now < deadline {
                // The platform may be away for a moment: that is what some tests are about.
            }
            if clock.now >= deadline { return false }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// A name no other run uses.
    package static func name(_ prefix: String) -> String { "\(prefix)-\(UInt32.random(in: 0x1000...0xFFFFF))" }
}
