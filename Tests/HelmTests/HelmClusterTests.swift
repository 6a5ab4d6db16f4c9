import Foundation
import ServiceRuntime
import Testing

@testable import Helm

/// The real programs on a real cluster: the one that KUBECONFIG names.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil), .timeLimit(.minutes(3)))
struct HelmClusterTests {
    private static let programs = ["/opt/store-platform/bin/helm", "/opt/store-platform/bin/helm3"]
        .filter { FileManager.default.isExecutableFile(atPath: $0) }

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("helm-\(UUID().uuidString)")
    private let release = HelmRelease(name: "r\(UUID().uuidString.lowercased().prefix(8))", namespace: "default")

    private func cli(_ program: String) throws -> HelmCLI {
        let templates = folder.appendingPathComponent("chart/templates")
        try FileManager.default.createDirectory(at: templates, withIntermediateDirectories: true)
        try Data("apiVersion: v2\nname: c\nversion: 1.0.0\n".utf8)
            .write(to: folder.appendingPathComponent("chart/Chart.yaml"))
        let template = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "{{ .Release.Name }}"}
            data: {text: {{ required "text is required" .Values.text | quote }}}
            """
        try Data(template.utf8).write(to: templates.appendingPathComponent("a.yaml"))
        return HelmCLI(
            configuration: .init(
                executable: program,
                kubeconfig: ProcessInfo.processInfo.environment["KUBECONFIG"],
                home: folder.path
            )
        )
    }

    @Test(arguments: programs)
    func `a release is installed, upgraded and removed`(program: String) async throws {
        let cli = try cli(program)
        defer { try? FileManager.default.removeItem(at: folder) }
        let chart = folder.appendingPathComponent("chart").path
        #expect(try await cli.status(release) == .absent)
        try await cli.upgrade(
            release,
            chart: chart,
            values: ["text": "a, {b}=c"],
            labels: ["store-platform-inputs": "x"]
        )
        let first = try await cli.status(release)
        #expect(first.status == .deployed)
        #expect(first.revision == 1)
        #expect(abs((first.since ?? .distantPast).timeIntervalSinceNow) < 60)
        try await cli.upgrade(release, chart: chart, values: ["text": "d"])
        #expect(try await cli.history(release).map(\.status) == [.superseded, .deployed])
        #expect(try await cli.status(release).revision == 2)
        try await cli.uninstall(release)
        try await cli.uninstall(release)
        #expect(try await cli.status(release) == .absent)
    }

    @Test(arguments: programs)
    func `what is wrong is told by its code`(program: String) async throws {
        let cli = try cli(program)
        defer { try? FileManager.default.removeItem(at: folder) }
        let chart = folder.appendingPathComponent("chart").path
        func code(_ body: () async throws -> Void) async -> HelmError.Code? {
            do {
                try await body()
                return nil
            } catch {
                return (error as? HelmError)?.code
            }
        }
        #expect(await code { try await cli.upgrade(release, chart: chart, values: [:]) } == .chartInvalid)
        #expect(await code { try await cli.upgrade(release, chart: "/no/such/chart", values: [:]) } == .chartInvalid)
        let long = HelmRelease(name: "r" + String(repeating: "a", count: 53), namespace: release.namespace)
        #expect(await code { try await cli.upgrade(long, chart: chart, values: ["text": "a"]) } == .chartInvalid)
        let missing = HelmRelease(name: release.name, namespace: "no-such-namespace")
        #expect(await code { try await cli.upgrade(missing, chart: chart, values: ["text": "a"]) } != nil)
        let away = HelmCLI(configuration: .init(executable: program, kubeconfig: "/no/such/file", home: folder.path))
        #expect(await code { _ = try await away.status(release) } == .unreachable)
    }
}
