import Yams

/// An object of a chart, by what Kubernetes knows it by.
package struct HelmObject: Hashable, Sendable {
    /// Such as `apps/v1`.
    package let apiVersion: String
    /// Such as `Deployment`.
    package let kind: String
    /// Its name.
    package let name: String

    /// Names an object.
    package init(apiVersion: String, kind: String, name: String) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
    }

    /// Whether it is one of those that keep pods running. Jobs end, so they are none.
    package var runs: Bool { kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" }

    /// Reads a manifest: YAML documents, each an object; empty ones are passed over. Throws `HelmError.Code.chartInvalid`.
    package static func list(manifest: String) throws -> [HelmObject] {
        var documents: YamlSequence<Node>
        do {
            documents = try Yams.compose_all(yaml: manifest)
        } catch {
            throw unreadable(error)
        }
        var objects: [HelmObject] = []
        while let document = documents.next() {
            guard let kind = document["kind"]?.string, let name = document["metadata"]?["name"]?.string else {
                continue
            }
            objects.append(HelmObject(apiVersion: document["apiVersion"]?.string ?? "", kind: kind, name: name))
        }
        // A sequence ends where a document cannot be read, and says why only when asked.
        if let error = documents.error { throw unreadable(error) }
        return objects
    }

    private static func unreadable(_ error: any Error) -> HelmError {
        HelmError(code: .chartInvalid, message: "the chart renders to something that is not YAML", cause: error)
    }
}
