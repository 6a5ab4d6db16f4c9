import Foundation
import Testing

/// The twenty-five ways in which projects of this kind fail: each has a test that names it, or a reason here why it cannot
/// happen. What they are: the failure modes of the design's domain page, section 4.
struct FailureModeTests {
    /// Those without a test.
    private static let impossible = [
        25: "the platform orders no certificates: TLS of the platform's domain is the ingress controller's own"
    ]

    @Test func `every known failure mode has a test that names it`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        var named: Set<Int> = []
        for case let file as URL in files
        where file.pathExtension == "swift" || file.pathExtension == "py" || file.lastPathComponent == "run" {
            let text = try String(contentsOf: file, encoding: .utf8)
            named.formUnion(text.matches(of: /failure mode (\d+)[:)]/).compactMap { Int($0.output.1) })
        }

        let missing = Set(1...25).subtracting(named).subtracting(Self.impossible.keys)
        #expect(missing.isEmpty, "without a test: \(missing.sorted())")
    }
}
