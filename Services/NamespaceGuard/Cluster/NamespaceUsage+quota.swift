import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts

extension NamespaceUsage {
    /// Reads a quota's status; nil: there is none. Only what is counted is told, once Kubernetes has begun to count.
    init(_ quota: KubernetesObject?, at time: Date) {
        let hard = quota?.json.at("status.hard")?.objectValue ?? [:]
        let used = quota?.json.at("status.used")?.objectValue ?? [:]
        let resources = hard.keys.sorted().compactMap { name -> Resource? in
            guard let limit = hard[name]?.stringValue, let amount = used[name]?.stringValue,
                let limitValue = Quantity(limit), let value = Quantity(amount)
            else { return nil }
            return Resource(
                resource: name,
                used: amount,
                hard: limit,
                usedValue: value.thousandths / 1000,
                hardValue: limitValue.thousandths / 1000
            )
        }
        self.init(resources: resources, observedAt: time)
    }
}
