import Foundation
import ServiceRuntime
import Testing

@testable import Helm

/// The program itself is a script here: what it is given, and what becomes of its answers.
@Suite(.timeLimit(.minutes(1))) struct HelmCLITests {
    /// Runs the script in its home. Not written by this process: a child that another test starts meanwhile holds what is
    /// being written open for a moment, and no such file can be executed (ETXTBSY).
    private static let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "helm").path

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("helm-\(UUID().uuidString)")
    private let release = HelmRelease(name: "store", namespace: "store-a")

    private func cli(_ script: String, timeout: Duration = .seconds(20)) throws -> HelmCLI {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "\(script)\n".write(to: folder.appendingPathComponent("script"), atomically: true, encoding: .utf8)
        return HelmCLI(
            configuration: .init(
                executable: Self.program,
                kubeconfig: "/kube/config",
                home: folder.path,
                timeout: timeout
            )
        )
    }

    private func written(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private func clean() { try? FileManager.default.removeItem(at: folder) }

    @Test func `failure mode 8: values travel by a file of our own, which is removed, and never by argument`()
        async throws
    {
        defer { clean() }
        let cli = try cli(
            #"file=$(echo "$@" | sed 's/.*--values \([^ ]*json\).*/\1/'); cp $file values; stat -c %a $file > mode; echo "$@" > arguments"#
        )
        try await cli.upgrade(
            release,
            chart: "/charts/c",
            values: ["store": ["title": "A, {b} = c"]],
            valuesFiles: ["/extra.yaml"],
            labels: ["b": "2", "a": "1"]
        )
        #expect(try written("values") == #"{"store":{"title":"A, {b} = c"}}"#)
        let arguments = try written("arguments")
        #expect(arguments.contains("upgrade store /charts/c --install"))
        #expect(arguments.contains("--values /extra.yaml --labels a=1,b=2 --values \(folder.path)/values-"))
        #expect(arguments.contains("--namespace store-a"))
        #expect(try written("mode") == "600\n")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasPrefix("values-") })
        #expect(!arguments.contains("title"))
    }

    @Test func `helm sees its own home and the kubeconfig, nothing else of this process`() async throws {
        defer { clean() }
        try await cli("env > environment").uninstall(release)
        let lines = try written("environment").split(separator: "\n").map(String.init)
        #expect(lines.contains("KUBECONFIG=/kube/config"))
        #expect(lines.contains("HELM_CACHE_HOME=\(folder.path)/cache"))
        // The shell's own, and a pod's way to its cluster.
        let others: Set = ["PWD", "OLDPWD", "SHLVL", "_", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]
        let names = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
        let given: Set = [
            "HOME", "PATH", "KUBECONFIG", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_DRIVER",
        ]
        #expect(names.subtracting(others) == given)
    }

    @Test func `a failure is read from standard error`() async throws {
        defer { clean() }
        let cli = try cli(
            "echo 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress' >&2; exit 1"
        )
        let error = await #expect(throws: HelmError.self) {
            try await cli.upgrade(release, chart: "c", values: [:])
        }
        #expect(error?.code == .releaseLocked)
    }

    @Test func `a missing release is absent, not an error`() async throws {
        defer { clean() }
        let cli = try cli("echo 'Error: release: not found' >&2; exit 1")
        #expect(try await cli.status(release) == .absent)
        #expect(try await cli.history(release).isEmpty)
    }

    @Test func `a missing program says so`() async throws {
        let cli = HelmCLI(configuration: .init(executable: "/no/such/helm", kubeconfig: nil, home: "/tmp"))
        let error = await #expect(throws: HelmError.self) { try await cli.version() }
        #expect(error?.code == .notInstalled)
    }

    @Test func `a helm that hangs is ended at the timeout`() async throws {
        defer { clean() }
        let cli = try cli("echo $$ > pid; exec sleep 100", timeout: .milliseconds(300))
        let error = await #expect(throws: HelmError.self) { try await cli.uninstall(release) }
        #expect(error?.code == .timeout)
        let pid = try #require(pid_t(try written("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(pid, 0) != 0)
    }

    @Test func `cancelling the task ends its helm`() async throws {
        defer { clean() }
        let cli = try cli("echo $$ > pid; exec sleep 100")
        let task = Task { try await cli.uninstall(release) }
        while (try? written("pid"))?.hasSuffix("\n") != true { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let pid = try #require(pid_t(try written("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(pid, 0) != 0)
    }
}
