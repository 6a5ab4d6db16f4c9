import KubernetesClient
import ServiceRuntime

/// Which volumes of a namespace's claims are still there. Pure.
///
/// A volume whose class says `Retain` stays for ever by someone's wish and does not hold up the release; it is named.
struct VolumeRelease: Hashable {
    /// Volumes that Kubernetes is still to remove, and their phase.
    let remaining: [String]
    /// Volumes that are kept on purpose.
    let retained: [String]
    /// All of them.
    let names: [String]

    init(of namespace: String, among volumes: some Sequence<KubernetesObject>) {
        var remaining: [String] = []
        var retained: [String] = []
        for volume in volumes where volume.json.at("spec.claimRef.namespace")?.stringValue == namespace {
            if volume.json.at("spec.persistentVolumeReclaimPolicy")?.stringValue == "Retain" {
                retained.append(volume.name)
            } else {
                let phase = volume.json.at("status.phase")?.stringValue ?? "unknown"
                let message = volume.json.at("status.message")?.stringValue.map { ": \($0)" } ?? ""
                remaining.append("\(volume.name) (\(phase)\(message))")
            }
        }
        self.remaining = remaining.sorted()
        self.retained = retained.sorted()
        names = volumes.filter { $0.json.at("spec.claimRef.namespace")?.stringValue == namespace }.map(\.name).sorted()
    }

    /// Nothing is left that will go by itself.
    var isComplete: Bool { remaining.isEmpty }
}
