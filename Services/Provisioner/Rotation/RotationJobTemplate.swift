import KubernetesClient
import ServiceRuntime
import StoreDomain

/// The chart's template for the Jobs of a rotation, and what it says about the store. Pure.
struct RotationJobTemplate: Sendable {
    private let template: JSONValue
    private let container: JSONValue

    /// Nil where it is not what the chart makes.
    init?(_ object: KubernetesObject) {
        guard let template = object["template"],
            let container = template.at("spec.containers")?.arrayValue?.first
        else { return nil }
        self.template = template
        self.container = container
    }

    /// The database's user that the store was made with.
    var firstDatabaseUser: String? {
        container["env"]?.arrayValue?.first { $0["name"]?.stringValue == "WORDPRESS_DB_USER" }?["value"]?.stringValue
    }

    /// The template for one act of one rotation.
    func filled(act: String, id: OperationID, secret: String) -> JSONValue {
        var container = container
        container["env"] = .array(
            (container["env"]?.arrayValue ?? []) + [
                ["name": "STORE_ROTATION_ACT", "value": .string(act)],
                ["name": "STORE_ROTATION_ID", "value": .string(id.description)],
            ]
        )
        let volumes = (template.at("spec.volumes")?.arrayValue ?? []).map { volume -> JSONValue in
            guard volume["name"]?.stringValue == "rotation" else { return volume }
            var volume = volume
            volume.set(["secret", "secretName"], to: .string(secret))
            return volume
        }
        var filled = template
        filled.set(["spec", "containers"], to: [container])
        filled.set(["spec", "volumes"], to: .array(volumes))
        return filled
    }
}
