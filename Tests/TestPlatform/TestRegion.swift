import Foundation
import Testing

/// Another region on the same cluster: a provisioner and a guard of its own, made like the running ones but for what a
/// test wants otherwise. The platform has to know the region's name: `REGIONS`.
package final class TestRegion {
    /// The region's name.
    package let name: String
    private let settings: [String: String]
    private let valuesFile: URL?
    private var processes: [String: TestProcess] = [:]

    /// Starts both. `values`: more values for the chart, as JSON; `settings`: of both services, over the usual ones.
    package init(_ name: String, values: String? = nil, settings: [String: String] = [:]) throws {
        self.name = name
        var settings = settings.merging(["REGION": name, "HTTP_PORT": "0"]) { own, _ in own }
        if let values {
            let file = FileManager.default.temporaryDirectory.appending(path: "values-\(UUID().uuidString).json")
            try Data(values.utf8).write(to: file)
            settings["VALUES_FILE"] = file.path
            valuesFile = file
        } else {
            valuesFile = nil
        }
        self.settings = settings
        for service in ["provisioner", "namespace-guard"] { try start(service) }
    }

    /// Starts one of the two anew. `more`: settings for this time.
    package func start(_ service: String, with more: [String: String] = [:]) throws {
        processes[service] = try TestProcess(
            service,
            as: "\(service)-\(name)",
            settings: settings.merging(more) { _, new in new }
        )
    }

    /// One of the two as it was started last.
    package func process(_ service: String) throws -> TestProcess { try #require(processes[service]) }

    /// Ends both.
    package func stop() {
        for process in processes.values { process.stop() }
        guard let valuesFile else { return }
        do { try FileManager.default.removeItem(at: valuesFile) } catch { Issue.record(error) }
    }
}
