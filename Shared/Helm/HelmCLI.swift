import FoundationEssentials
import Logging
package import ServiceRuntime
import Subprocess
import SystemPackage

/// The helm program, version 3 or 4: each verb runs it once and translates its answer. Decides nothing.
///
/// Values travel by a file only this process can read, which is removed afterwards, never by argument; they must hold no
/// secrets all the same, as they are kept in the release.
/// The program sees its own empty home and the named kubeconfig only. A cancelled task ends its helm: first politely,
/// after three seconds for good.
package struct HelmCLI: Sendable {
    /// Where the program is and what it works on.
    package struct Configuration: Sendable {
        /// The program: a path, or a name that is looked up in PATH.
        package var executable: String
        /// nil: the pod's own service account.
        package var kubeconfig: String?
        /// The context of the kubeconfig; nil: its current one.
        package var context: String?
        /// A folder of this process for Helm's caches; made when needed. Keeping it makes helm faster.
        package var home: String
        /// No command runs longer.
        package var timeout: Duration

        /// Describes how to run helm.
        package init(
            executable: String,
            kubeconfig: String?,
            context: String? = nil,
            home: String,
            timeout: Duration = .seconds(120)
        ) {
            self.executable = executable
            self.kubeconfig = kubeconfig
            self.context = context
            self.home = home
            self.timeout = timeout
        }
    }

    let configuration: Configuration
    private let files = BlockingExecutor(name: "helm", threads: 1)

    /// Runs nothing yet.
    package init(configuration: Configuration) {
        self.configuration = configuration
    }

    /// Makes the release be the chart with the values (`upgrade --install`), without waiting for its pods.
    /// Idempotent: again with the same values it is a new revision of the same objects. `labels` are kept with the
    /// revision. `valuesFiles` come first, `values` over them.
    package func upgrade(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String] = [],
        labels: [String: String] = [:]
    ) async throws {
        var arguments = ["upgrade", release.name, chart, "--install", "--history-max", "5", "--hide-notes"]
        for file in valuesFiles { arguments += ["--values", file] }
        if !labels.isEmpty {
            arguments += ["--labels", labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",")]
        }
        try await withFile(holding: values) { file in
            _ = try await run(arguments + ["--values", file], in: release.namespace)
        }
    }

    /// What `upgrade` would put into the cluster, without asking the cluster: a chart that cannot be rendered, or values
    /// that break its schema, throw `chartInvalid` before anything is made.
    package func template(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String] = []
    ) async throws -> [HelmObject] {
        var arguments = ["template", release.name, chart]
        for file in valuesFiles { arguments += ["--values", file] }
        let text = try await withFile(holding: values) { [arguments] file in
            try await run(arguments + ["--values", file], in: release.namespace)
        }
        return try HelmObject.list(manifest: text)
    }

    /// What the release has put into the cluster, by Helm's record of it; throws `notFound`.
    package func objects(of release: HelmRelease) async throws -> [HelmObject] {
        try HelmObject.list(manifest: try await run(["get", "manifest", release.name], in: release.namespace))
    }

    /// Removes the release and its objects without waiting for them to be gone; volumes of StatefulSets stay.
    /// An absent release is success. Idempotent.
    package func uninstall(_ release: HelmRelease) async throws {
        _ = try await run(
            ["uninstall", release.name, "--ignore-not-found", "--no-hooks", "--cascade", "background"],
            in: release.namespace
        )
    }

    /// What the release is; `absent` where there is none.
    package func status(_ release: HelmRelease) async throws -> HelmReleaseState {
        do {
            let text = try await run(["status", release.name, "--output", "json"], in: release.namespace)
            return HelmReleaseState(statusJSON: try Self.json(text))
        } catch let error as HelmError where error.code == .notFound {
            return .absent
        }
    }

    /// The revisions of a release, oldest first, as `revision` and `status`; empty where there is no release.
    package func history(_ release: HelmRelease) async throws -> [HelmReleaseState] {
        do {
            let text = try await run(["history", release.name, "--output", "json"], in: release.namespace)
            return try Self.json(text).arrayValue?.map {
                HelmReleaseState(
                    status: .init(word: $0["status"]?.stringValue ?? ""),
                    revision: $0["revision"]?.intValue ?? 0
                )
            } ?? []
        } catch let error as HelmError where error.code == .notFound {
            return []
        }
    }

    /// The values that the release was made with, the chart's own included; throws `notFound`.
    package func values(of release: HelmRelease) async throws -> JSONValue {
        try Self.json(
            try await run(["get", "values", release.name, "--all", "--output", "json"], in: release.namespace)
        )
    }

    /// The program's version, for example `v4.1.4`; the cheapest proof that it can be run.
    package func version() async throws -> String {
        try await run(["version", "--template", "{{.Version}}"], in: nil)
    }

    private func withFile<Answer>(
        holding values: JSONValue,
        _ body: (String) async throws -> Answer
    ) async throws -> Answer {
        let path = "\(configuration.home)/values-\(UUID().uuidString).json"
        let bytes = try PlatformJSON.encode(values)
        try await files.run {
            let isWritten = FileManager.default.createFile(
                atPath: path,
                contents: Data(bytes),
                attributes: [.posixPermissions: 0o600]
            )
            guard isWritten else { throw HelmError(code: .failed, message: "cannot write the values for helm") }
        }
        let result: Result<Answer, any Error>
        do { result = .success(try await body(path)) } catch { result = .failure(error) }
        // In a task of its own, awaited here: a cancelled caller's file goes, too. Left over it would hold no secret.
        await Task { [files] in
            do { try await files.run { try FileManager.default.removeItem(atPath: path) } } catch {}
        }.value
        return try result.get()
    }

    private static func json(_ text: String) throws -> JSONValue {
        do {
            return try PlatformJSON.decode(JSONValue.self, from: Array(text.utf8))
        } catch {
            throw HelmError(code: .failed, message: "helm answered with something that is not JSON")
        }
    }
}
