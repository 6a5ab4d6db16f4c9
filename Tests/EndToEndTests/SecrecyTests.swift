import Foundation
import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    @Suite(.serialized) struct SecrecyTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `failure mode 7: no password stands in a log, a Redis key, a Helm value, a table or a process list`()
            async throws
        {
            let name = Platform.name("secret")
            let id = try await platform.create(name)
            var processes = ""
            let ready = try await platform.poll(within: .seconds(180)) {
                processes += try await Machine.run("/bin/ps", "-eww", "-o", "args")
                return try await platform.call(.GET, "/api/stores/\(id)").json["status"]?.stringValue == "READY"
            }
            #expect(ready)
            let secret = try await platform.kubernetes.get(.secrets, "store-secrets", namespace: "store-\(name)")
            let values = try #require(secret.json["data"]?.objectValue).values.map { value in
                let encoded = try #require(value.stringValue)
                return (encoded, String(decoding: try #require(Data(base64Encoded: encoded)), as: UTF8.self))
            }
            try #require(values.count == 12)

            var places = ["processes": processes]
            places["redis"] = try await Machine.run("\(Machine.root)/Tests/EndToEndTests/dump-redis", Machine.root)
            places["postgres"] = try await Machine.run(
                "\(Machine.root)/Tests/EndToEndTests/dump-postgres",
                Machine.root
            )
            places["helm"] = try await Machine.run(
                "\(Machine.root)/Tests/EndToEndTests/dump-release",
                "store-\(name)"
            )
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(Machine.root)/.run/log") {
                let bytes = try #require(FileManager.default.contents(atPath: "\(Machine.root)/.run/log/\(file)"))
                places["log \(file)"] = String(decoding: bytes, as: UTF8.self)
            }
            #expect(places["redis"]?.contains(id) == true)
            #expect(places["postgres"]?.contains(id) == true)
            #expect(places["helm"]?.contains("store-secrets") == true)
            #expect(places["log store-service.log"]?.isEmpty == false)

            for (place, text) in places {
                for (encoded, plain) in values {
                    #expect(!text.contains(plain), "a password stands in \(place)")
                    #expect(!text.contains(encoded), "a password stands, encoded, in \(place)")
                }
                #expect(!text.contains(platform.key), "the bootstrap key stands in \(place)")
            }
            try await platform.delete(id, name)
        }
    }
}
