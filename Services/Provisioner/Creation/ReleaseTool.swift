import Helm
import ServiceRuntime

/// The verbs of Helm that a store's release needs; the real one is `HelmCLI`.
protocol ReleaseTool: Sendable {
    func upgrade(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String],
        labels: [String: String]
    ) async throws
    func template(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String]
    ) async throws -> [HelmObject]
    func objects(of release: HelmRelease) async throws -> [HelmObject]
    func uninstall(_ release: HelmRelease) async throws
    func version() async throws -> String
}

extension HelmCLI: ReleaseTool {}
