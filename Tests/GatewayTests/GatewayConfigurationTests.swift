import Foundation
import HTTPServer
import ServiceRuntime
import Testing

@testable import Gateway

@Suite struct GatewayConfigurationTests {
    private let minimum = [
        "REDIS_URL": "redis://user:secret@127.0.0.1:6379",
        "ENCRYPTION_KEYS": "k1:\(Data(repeating: 7, count: 32).base64EncodedString())",
    ]

    @Test func `needs Redis and keys, and has defaults for the rest`() throws {
        let reading = try Settings(environment: minimum).read(GatewayConfiguration.init)

        #expect(reading.value.http.port == 8080)
        #expect(reading.value.http.bodyLimit == 65_536)
        #expect(reading.value.requestDeadline == .seconds(5))
        #expect(reading.value.dashboard == nil)
        let printed = reading.effective.map(\.description).joined(separator: "\n")
        #expect(!printed.contains("secret"))
        #expect(!printed.contains("BwcH"))
    }

    @Test func `names every bad setting at once and none of its secrets`() {
        let bad = [
            "REDIS_URL": "http://secret", "ENCRYPTION_KEYS": "k1:hunter2", "HTTP_PORT": "99999", "BODY_LIMIT": "1",
            "DRAIN_LIMIT": "1h",
        ]
        let error = #expect(throws: SettingsError.self) {
            try Settings(environment: bad).read(GatewayConfiguration.init)
        }
        #expect(Set(error?.problems.map(\.key) ?? []) == Set(bad.keys))
        #expect(error?.description.contains("hunter2") == false)
    }
}
