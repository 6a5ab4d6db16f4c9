import FoundationEssentials
import Glibc
import ServiceRuntime
import Subprocess
import SystemPackage

extension HelmCLI {
    /// Runs helm once and returns what it printed; throws `HelmError`, or `CancellationError` where the task was
    /// cancelled.
    func run(_ arguments: [String], in namespace: String?) async throws -> String {
        var arguments = arguments
        if let namespace { arguments += ["--namespace", namespace] }
        if let context = configuration.context { arguments += ["--kube-context", context] }
        let executable: Executable =
            configuration.executable.contains("/")
            ? .path(FilePath(configuration.executable)) : .name(configuration.executable)
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        // Its own group: a signal meant for this service's group must not hit an install half way.
        options.processGroupID = 0
        let program = Subprocess.Configuration(
            executable: executable,
            arguments: Arguments(arguments),
            environment: .custom(environment()),
            platformOptions: options
        )
        return try await withTimeout(arguments) {
            let result: ExecutionResult<Void, StringOutput<UTF8>, StringOutput<UTF8>>
            do {
                result = try await Subprocess.run(
                    program,
                    input: .none,
                    output: .string(limit: 16 << 20),
                    error: .string(limit: 1 << 20)
                )
            } catch let error as SubprocessError {
                try Task.checkCancellation()
                throw HelmError(code: .notInstalled, message: "helm cannot be run", cause: error)
            }
            try Task.checkCancellation()
            guard result.terminationStatus.isSuccess else {
                let text = result.standardError
                guard !text.isEmpty else {
                    throw HelmError(code: .failed, message: "helm ended with \(result.terminationStatus)")
                }
                throw HelmError(standardError: text)
            }
            return result.standardOutput
        }
    }

    private func withTimeout(
        _ arguments: [String],
        _ body: @escaping @Sendable () async throws -> String
    ) async throws -> String {
        let timeout = configuration.timeout
        let verb = arguments.first ?? ""
        return try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HelmError(code: .timeout, message: "helm \(verb) took longer than \(timeout)")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// What helm gets to see: nothing of this process but the way to Kubernetes.
    private func environment() -> [Environment.Key: String] {
        let home = configuration.home
        var environment: [Environment.Key: String] = [
            "HOME": home,
            "HELM_CACHE_HOME": "\(home)/cache",
            "HELM_CONFIG_HOME": "\(home)/config",
            "HELM_DATA_HOME": "\(home)/data",
            "HELM_DRIVER": "secret",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ]
        if let kubeconfig = configuration.kubeconfig { environment["KUBECONFIG"] = kubeconfig }
        for key in ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"] {
            guard let value = getenv(key) else { continue }
            environment[Environment.Key(stringLiteral: key)] = String(cString: value)
        }
        return environment
    }
}
