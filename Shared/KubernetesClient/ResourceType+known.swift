extension ResourceType {
    /// core/v1 Namespace.
    package static let namespaces = ResourceType(plural: "namespaces", kind: "Namespace", namespaced: false)
    /// core/v1 Node.
    package static let nodes = ResourceType(plural: "nodes", kind: "Node", namespaced: false)
    /// core/v1 PersistentVolume.
    package static let persistentVolumes = ResourceType(
        plural: "persistentvolumes",
        kind: "PersistentVolume",
        namespaced: false
    )
    /// core/v1 Pod.
    package static let pods = ResourceType(plural: "pods", kind: "Pod")
    /// core/v1 Secret.
    package static let secrets = ResourceType(plural: "secrets", kind: "Secret")
    /// core/v1 ConfigMap.
    package static let configMaps = ResourceType(plural: "configmaps", kind: "ConfigMap")
    /// core/v1 Service.
    package static let services = ResourceType(plural: "services", kind: "Service")
    /// core/v1 PersistentVolumeClaim.
    package static let persistentVolumeClaims = ResourceType(
        plural: "persistentvolumeclaims",
        kind: "PersistentVolumeClaim"
    )
    /// core/v1 PodTemplate.
    package static let podTemplates = ResourceType(plural: "podtemplates", kind: "PodTemplate")
    /// core/v1 ResourceQuota.
    package static let resourceQuotas = ResourceType(plural: "resourcequotas", kind: "ResourceQuota")
    /// core/v1 LimitRange.
    package static let limitRanges = ResourceType(plural: "limitranges", kind: "LimitRange")
    /// core/v1 ServiceAccount.
    package static let serviceAccounts = ResourceType(plural: "serviceaccounts", kind: "ServiceAccount")
    /// core/v1 Event: the type every supported server (1.20 to current) serves alike.
    package static let events = ResourceType(plural: "events", kind: "Event")
    /// apps/v1 Deployment.
    package static let deployments = ResourceType(group: "apps", plural: "deployments", kind: "Deployment")
    /// apps/v1 StatefulSet.
    package static let statefulSets = ResourceType(group: "apps", plural: "statefulsets", kind: "StatefulSet")
    /// apps/v1 ReplicaSet.
    package static let replicaSets = ResourceType(group: "apps", plural: "replicasets", kind: "ReplicaSet")
    /// batch/v1 Job.
    package static let jobs = ResourceType(group: "batch", plural: "jobs", kind: "Job")
    /// networking.k8s.io/v1 NetworkPolicy.
    package static let networkPolicies = ResourceType(
        group: "networking.k8s.io",
        plural: "networkpolicies",
        kind: "NetworkPolicy"
    )
    /// networking.k8s.io/v1 Ingress.
    package static let ingresses = ResourceType(group: "networking.k8s.io", plural: "ingresses", kind: "Ingress")
    /// coordination.k8s.io/v1 Lease.
    package static let leases = ResourceType(group: "coordination.k8s.io", plural: "leases", kind: "Lease")
    /// rbac.authorization.k8s.io/v1 Role.
    package static let roles = ResourceType(group: "rbac.authorization.k8s.io", plural: "roles", kind: "Role")
    /// rbac.authorization.k8s.io/v1 RoleBinding.
    package static let roleBindings = ResourceType(
        group: "rbac.authorization.k8s.io",
        plural: "rolebindings",
        kind: "RoleBinding"
    )
    /// All of the above.
    package static let known: [ResourceType] = [
        namespaces, nodes, persistentVolumes, pods, secrets, configMaps, services, persistentVolumeClaims,
        podTemplates, resourceQuotas, limitRanges, serviceAccounts, events, deployments, statefulSets, replicaSets,
        jobs,
        networkPolicies, ingresses, leases, roles, roleBindings,
    ]
}
