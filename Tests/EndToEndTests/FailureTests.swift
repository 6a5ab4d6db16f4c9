import Foundation
import KubernetesClient
import ServiceRuntime
import Testing

extension EndToEnd {
    /// Stores that cannot be provisioned, in a region whose provisioner gives the chart values that cannot work.
    @Suite(.serialized) struct FailureTests {
        private let platform: Platform
        private static let region = "faulty"

        init() throws { platform = try Platform() }

        @Test(arguments: [
            (
                #"{"images": {"wordpress": {"tag": "no-such-tag"}}}"#, "IMAGE_PULL_FAILED",
                ["ErrImagePull", "ImagePullBackOff"]
            ),
            (
                #"{"mysql": {"resources": {"requests": {"cpu": "3"}, "limits": {"cpu": "3"}}}}"#, "QUOTA_EXCEEDED",
                ["exceeded quota"]
            ),
        ])
        func `a store that cannot be made says why and can be deleted`(
            values: String,
            code: String,
            reasons: [String]
        ) async throws {
            let region = try Region(Self.region, values: values)
            defer { region.stop() }
            let name = Platform.name("fail")
            let id = try await platform.create(name, region: Self.region)

            let store = try await platform.wait(for: id, "FAILED", within: .seconds(120))

            let failure = try #require(store["failure"])
            #expect(failure["code"]?.stringValue == code, "\(failure)")
            let said = (try PlatformJSON.encodeString(failure))
            #expect(reasons.contains { said.contains($0) }, "\(said)")
            #expect(failure["hint"]?.stringValue?.isEmpty == false)
            try await platform.delete(id, name)
        }
    }
}

/// Another region on the same cluster: a provisioner and a guard of its own, made like the running ones.
private struct Region {
    private let processes: [Process]
    private let valuesFile: URL

    init(_ name: String, values: String) throws {
        valuesFile = FileManager.default.temporaryDirectory.appending(path: "values-\(UUID().uuidString).json")
        try Data(values.utf8).write(to: valuesFile)
        let file = valuesFile.path
        processes = try ["provisioner", "namespace-guard"].map { service in
            let process = Process()
            process.executableURL = URL(filePath: "\(Machine.root)/.run/bin/\(service)")
            var environment = try Machine.environment(of: service)
            environment["REGION"] = name
            environment["HTTP_PORT"] = "0"
            environment["VALUES_FILE"] = file
            process.environment = environment
            let log = "\(Machine.root)/.run/log/\(service)-\(name).log"
            try #require(FileManager.default.createFile(atPath: log, contents: nil))
            let handle = try #require(FileHandle(forWritingAtPath: log))
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
            return process
        }
    }

    func stop() {
        for process in processes {
            process.terminate()
            process.waitUntilExit()
        }
        do { try FileManager.default.removeItem(at: valuesFile) } catch { Issue.record(error) }
    }
}
