import Foundation
import Helm
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization

/// What a release is made from, and what comes of it.
extension StoreRelease {
    /// The objects that the chart renders to for this store. Throws `HelmError.Code.chartInvalid` where it cannot be
    /// rendered, values break its schema, or nothing of it would run. Rendered once for the same inputs.
    func render(_ command: ProvisionCommand) async throws -> [HelmObject] {
        let inputs = try await inputs(of: command)
        if let objects = rendered[inputs] { return objects }
        let objects = try await helm.template(
            release(of: command),
            chart: chart(of: command),
            values: values(for: command),
            valuesFiles: valuesFiles
        )
        guard objects.contains(where: \.runs) else {
            throw HelmError(code: .chartInvalid, message: "the chart renders nothing to run")
        }
        rendered[inputs] = objects
        return objects
    }

    func chart(of command: ProvisionCommand) -> String {
        "\(configuration.chartsDirectory)/\(command.engine.chart)"
    }

    var valuesFiles: [String] { configuration.valuesFile.map { [$0] } ?? [] }

    /// A mark of everything that a release is made from.
    func inputs(of command: ProvisionCommand) async throws -> String {
        let paths = ["\(chart(of: command))/Chart.yaml"] + valuesFiles
        let contents = try await files.run {
            try paths.map { path in
                do {
                    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                } catch {
                    throw HelmError(code: .chartInvalid, message: "cannot read \(path)", cause: error)
                }
            }
        }
        let values = try PlatformJSON.encode(values(for: command))
        return String(SHA256Digest(of: Array((contents + [values]).joined(separator: [0]))).hex.prefix(40))
    }
}

/// What charts rendered to, by their inputs.
final class RenderedCharts: Sendable {
    private let objects = Mutex<[String: [HelmObject]]>([:])
    /// Beyond this all is forgotten and rendered anew.
    private static let capacity = 5_000

    subscript(inputs: String) -> [HelmObject]? {
        get { objects.withLock { $0[inputs] } }
        set {
            objects.withLock { objects in
                if objects.count >= Self.capacity { objects = [:] }
                objects[inputs] = newValue
            }
        }
    }
}
