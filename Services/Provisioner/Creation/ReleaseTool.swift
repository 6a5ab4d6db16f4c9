import Helm
import ServiceRuntime

/// The verbs of Helm that change a release; the real one is `HelmCLI`.
protocol ReleaseTool: Sendable {
    func upgrade(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String],
        labels: [String: String]
    ) async throws
    func uninstall(_ release: HelmRelease) async throws
    func rollback(_ release: HelmRelease, to revision: Int) async throws
    func version() async throws -> String
}

extension HelmCLI: ReleaseTool {}
