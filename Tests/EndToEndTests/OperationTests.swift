import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    @Suite(.serialized) struct OperationTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `an operation is there at once, goes on and never back, and ends with all its steps`() async throws {
            let name = Platform.name("steps")
            let draft = #"{"name": "\#(name)", "engine": "woocommerce"}"#
            let accepted = try await platform.call(.POST, "/api/stores", draft)
            try #require(accepted.status == 202, "\(accepted.text)")
            let id = try #require(try accepted.json.at("store.id")?.stringValue)

            let made = try await follow(try #require(try accepted.json.at("operation.id")?.stringValue))

            // The guard tells of the namespace on its own, so the first two may change places.
            #expect(
                made.sorted() == [
                    "AwaitWorkloads", "ConfigureStore", "EnsureNamespace", "EnsureSecrets", "InstallRelease",
                    "ProveStorefront", "VerifyOrderPath",
                ]
            )
            #expect(made.last == "VerifyOrderPath")
            let deletion = try await platform.call(.DELETE, "/api/stores/\(id)")
            let removed = try await follow(try #require(try deletion.json.at("operation.id")?.stringValue))
            #expect(removed == ["UninstallRelease", "ReleaseNamespace"])
        }

        /// Asks until the operation ends; the names of its steps, in the order in which they ended.
        private func follow(_ id: String) async throws -> [String] {
            var last = 0
            var steps: [JSONValue] = []
            let ended = try await platform.poll(within: .seconds(180)) {
                let answer = try await platform.call(.GET, "/api/operations/\(id)")
                #expect(answer.status == 200, "\(answer.text)")
                let operation = try answer.json
                let progress = operation["progress"]?.intValue ?? -1
                #expect(progress >= last, "from \(last) back to \(progress)")
                last = progress
                steps = operation["steps"]?.arrayValue ?? []
                let status = operation["status"]?.stringValue
                #expect((progress == 100) == (status == "succeeded"))
                #expect(status != "failed", "\(answer.text)")
                return status == "succeeded" || status == "failed"
            }
            #expect(ended)
            #expect(steps.allSatisfy { ($0["duration"]?.doubleValue ?? -1) >= 0 })
            return steps.compactMap { $0["name"]?.stringValue }
        }
    }
}
