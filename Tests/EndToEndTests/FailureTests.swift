import Foundation
import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    /// Stores that cannot be provisioned, each in a region of its own where something is wrong: they say why, soon, and
    /// can be deleted. All at once, for each waits for the cluster most of the time.
    @Suite(.serialized) struct FailureTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `what cannot heal is told within a minute`() async throws { try await provoke(Fault.lasting, 1) }

        @Test func `what may pass is told when patience ends`() async throws { try await provoke(Fault.passing, 9) }

        private func provoke(_ faults: [Fault], _ first: Int) async throws {
            try await withThrowingTaskGroup { group in
                for (number, fault) in faults.enumerated() {
                    group.addTask { try await expect(fault, in: "faulty\(first + number)") }
                }
                try await group.waitForAll()
            }
        }

        private func expect(_ fault: Fault, in regionName: String) async throws {
            let charts = try ChartCopy(fault.edits)
            defer { charts.remove() }
            let region = try fault.start(regionName, charts)
            defer { region.stop() }
            let name = Platform.name("dia-\(fault.name)")
            let clock = ContinuousClock()
            let began = clock.now
            let id = try await platform.create(name, region: regionName)

            do {
                let store = try await platform.wait(for: id, "FAILED", within: .seconds(120))
                let took = clock.now - began
                print("\(fault.name): \(fault.code) after \(took)")
                #expect(took < fault.limit, "\(fault.name) was told after \(took)")
                try await expect(fault, said: try #require(store["failure"], "\(fault.name): \(store)"), of: name)
            } catch {
                // The store has to go all the same.
                Issue.record(error)
            }
            try await platform.delete(id, name)
        }

        private func expect(_ fault: Fault, said failure: JSONValue, of store: String) async throws {
            #expect(failure["code"]?.stringValue == fault.code, "\(fault.name): \(failure)")
            let said = try PlatformJSON.encodeString(failure)
            #expect(fault.says.contains { said.contains($0) }, "\(fault.name): \(said)")
            let kinds = failure["evidence"]?.arrayValue?.compactMap { $0["kind"]?.stringValue } ?? []
            #expect(fault.kinds.isEmpty || kinds.contains { fault.kinds.contains($0) }, "\(fault.name): \(said)")
            #expect(failure["hint"]?.stringValue?.isEmpty == false, "\(fault.name)")
            try await expectNoPassword(in: said, of: store)
            if !fault.leavesRelease { try await expectNothingMade(store) }
        }

        private func expectNoPassword(in text: String, of store: String) async throws {
            let secret = try await platform.kubernetes.getIfPresent(
                .secrets,
                "store-secrets",
                namespace: "store-\(store)"
            )
            for value in (secret?.json["data"]?.objectValue ?? [:]).values {
                let bytes = try #require(value.stringValue.flatMap { Data(base64Encoded: $0) })
                #expect(!text.contains(String(decoding: bytes, as: UTF8.self)), "\(store): \(text)")
            }
        }

        /// Nothing half-made: neither a release nor anything of the chart.
        private func expectNothingMade(_ store: String) async throws {
            let namespace = "store-\(store)"
            let releases = try await platform.kubernetes.listAll(
                .secrets,
                namespace: namespace,
                labelSelector: "owner=helm"
            )
            #expect(releases.items.isEmpty, "\(store): \(releases.items.map(\.name))")
            for type in [ResourceType.pods, .jobs, .deployments, .statefulSets, .persistentVolumeClaims] {
                let made = try await platform.kubernetes.listAll(type, namespace: namespace).items.map(\.name)
                #expect(made.isEmpty, "\(store): \(made)")
            }
        }
    }
}
