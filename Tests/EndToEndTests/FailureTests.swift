import Foundation
import KubernetesClient
import ServiceRuntime
import TestPlatform
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
            let region = try TestRegion(Self.region, values: values)
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
