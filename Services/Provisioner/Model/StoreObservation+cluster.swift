import FoundationEssentials
import KubernetesClient
import ServiceRuntime
import StoreDomain

/// The names that namespace-guard and provisioner agree on.
enum ClusterNames {
    /// Label: the store an object belongs to.
    static let storeID = "store-platform/store-id"
    /// Annotation of a namespace: the generation it is secured for.
    static let secured = "store-platform/secured"
    /// Label of a release's revision: what it was installed from.
    static let inputs = "store-platform-inputs"
    /// Label of a release's revision: the generation it was installed for.
    static let generation = "store-platform-generation"
    /// The Secret with every password of a store.
    static let secrets = "store-secrets"
    /// The Secret with what a rotation changed; it goes before the one above.
    static let rotated = "store-rotated"
    /// The chart's template for the Jobs of a rotation; what a rotation makes begins so.
    static let rotation = "store-rotation"
    /// The Deployment of the shop.
    static let wordpress = "store-wordpress"
    /// Annotation: the operation whose rotation something is about.
    static let rotationOperation = "store-platform/rotation"
    /// Annotation: why a rotation is undone, as JSON.
    static let rotationFailure = "store-platform/rotation-failure"
    /// The Helm release in a store's namespace.
    static let release = "store"
    /// How setup Jobs begin; the release's revision follows.
    static let setupJob = "store-setup-"
}

extension StoreObservation.Namespace {
    /// Reads the namespace, nil for none, as store `id` sees it.
    init(_ object: KubernetesObject?, store id: StoreID) {
        guard let object else {
            self = .absent
            return
        }
        if object.isTerminating {
            self = .terminating
        } else if object.labels[ClusterNames.storeID] == id.description {
            self = .present(
                secured: object.annotations[ClusterNames.secured].flatMap { Int($0) },
                created: object.creationTimestamp
            )
        } else {
            // The guard labels a namespace as it makes it, so one without the label was made by someone else.
            self = .foreign
        }
    }
}

extension PodState {
    init(_ object: KubernetesObject) {
        let status = object["status"]
        name = object.name
        phase = status?["phase"]?.stringValue ?? "Unknown"
        isReady = object.condition("Ready")?.isTrue ?? false
        isTerminating = object.isTerminating
        owner = object.owners.first?.name
        let scheduled = object.condition("PodScheduled")
        unschedulable = scheduled?.status == "False" ? scheduled?.message : nil
        reason = status?["reason"]?.stringValue ?? ""
        message = status?["message"]?.stringValue ?? ""
        let statuses =
            (status?["initContainerStatuses"]?.arrayValue ?? []) + (status?["containerStatuses"]?.arrayValue ?? [])
        containers = statuses.map(ContainerState.init)
    }
}

extension ContainerState {
    init(_ status: JSONValue) {
        name = status["name"]?.stringValue ?? ""
        image = status["image"]?.stringValue ?? ""
        restarts = status["restartCount"]?.intValue ?? 0
        isRunning = status.at("state.running") != nil
        hasStarted = status["started"]?.boolValue ?? false
        waiting = status.at("state.waiting").map {
            (reason: $0["reason"]?.stringValue ?? "", message: $0["message"]?.stringValue ?? "")
        }
        terminated = (status.at("state.terminated") ?? status.at("lastState.terminated")).map {
            (
                reason: $0["reason"]?.stringValue ?? "", exitCode: $0["exitCode"]?.intValue ?? 0,
                message: $0["message"]?.stringValue ?? ""
            )
        }
    }
}

extension JobState {
    init(_ object: KubernetesObject) {
        name = object.name
        isComplete = object.condition("Complete")?.isTrue ?? false
        failure = object.condition("Failed").flatMap { $0.isTrue ? "\($0.reason): \($0.message)" : nil }
    }
}

extension WorkloadState {
    init(_ object: KubernetesObject) {
        kind = object.kind
        name = object.name
        desired = object.json.at("spec.replicas")?.intValue ?? 1
        ready = object.json.at("status.readyReplicas")?.intValue ?? 0
        isObserved = (object.json.at("status.observedGeneration")?.intValue ?? 0) >= object.generation
    }
}

extension ClaimState {
    init(_ object: KubernetesObject) {
        name = object.name
        phase = object.json.at("status.phase")?.stringValue ?? "Pending"
    }
}

extension WarningEvent {
    init(_ object: KubernetesObject) {
        kind = object.json.at("involvedObject.kind")?.stringValue ?? ""
        name = object.json.at("involvedObject.name")?.stringValue ?? ""
        reason = object["reason"]?.stringValue ?? ""
        message = object["message"]?.stringValue ?? ""
        let time =
            object["lastTimestamp"]?.stringValue ?? object.json.at("series.lastObservedTime")?.stringValue
            ?? object["eventTime"]?.stringValue
        last = time.flatMap(RFC3339.parse) ?? object.creationTimestamp
    }
}
