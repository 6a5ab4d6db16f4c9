import FoundationEssentials
import Helm
import KubernetesClient
import StoreContracts
import StoreDomain

/// What one worker knows about a creation beyond the cluster view: what it found out itself, and since when. Pure.
struct CreationSession: Sendable {
    let command: ProvisionCommand
    let asked: Date
    let timeout: TimeInterval

    var hasSecrets = false
    var release: HelmReleaseState?
    var isReleaseCurrent = false
    var helmFailure: HelmFailure?
    var storefront: StorefrontAnswer?
    var orderProof: OrderProof?
    /// Whether the last look showed everything running.
    private(set) var isRunning = false
    private(set) var deadline: Date?
    private(set) var reported = 0
    private(set) var stepBegan: Date
    private(set) var pausedSince: Date?
    private var history = SymptomHistory()
    private var namespaceUID = ""

    init(command: ProvisionCommand, asked: Date, timeout: TimeInterval, now: Date) {
        self.command = command
        self.asked = asked
        self.timeout = timeout
        self.stepBegan = now
    }

    /// The cluster cannot be seen: time stands still.
    mutating func pause(now: Date) {
        pausedSince = pausedSince ?? now
    }

    /// Reads the cluster. The first look sets the deadline.
    mutating func look(at contents: ClusterView.Contents, now: Date) -> StoreObservation {
        if let pausedSince {
            let pause = now.timeIntervalSince(pausedSince)
            deadline?.addTimeInterval(pause)
            history.skip(pause)
            self.pausedSince = nil
        }
        let object = contents.all(.namespaces).first { $0.name == command.namespace }
        if let uid = object?.uid, uid != namespaceUID {
            // Another namespace: nothing that was found out holds any more.
            namespaceUID = uid
            (hasSecrets, release, isReleaseCurrent, helmFailure) = (false, nil, false, nil)
            (storefront, orderProof) = (nil, nil)
        }
        let observation = StoreObservation(
            namespace: .init(object, store: command.storeID),
            namespaceName: command.namespace,
            hasSecrets: hasSecrets,
            release: release,
            isReleaseCurrent: isReleaseCurrent,
            helmFailure: helmFailure,
            pods: contents.all(.pods).map(PodState.init),
            jobs: contents.all(.jobs).map(JobState.init),
            workloads: (contents.all(.deployments) + contents.all(.statefulSets)).map(WorkloadState.init),
            claims: contents.all(.persistentVolumeClaims).map(ClaimState.init),
            warnings: contents.all(.events).map(WarningEvent.init),
            storefront: storefront,
            orderProof: orderProof
        )
        isRunning = observation.areWorkloadsReady
        if deadline == nil { deadline = firstDeadline(observation, now: now) }
        return observation
    }

    /// Decides what to do next.
    mutating func decide(_ observation: StoreObservation, now: Date) -> ProvisionPlan.Action {
        let symptoms = Symptoms.all(in: observation, generation: command.generation)
        return ProvisionPlan(generation: command.generation, deadline: deadline ?? .distantFuture)
            .next(observation, symptoms: history.observe(symptoms, now: now), now: now)
    }

    /// The steps done and not yet told, each with its duration.
    mutating func news(_ observation: StoreObservation, now: Date) -> [(step: ProvisioningStep, duration: TimeInterval)]
    {
        let completed = ProvisionProgress(observation, generation: command.generation).completed
        guard completed.count > reported else { return [] }
        let news = completed[reported...].enumerated().map { index, step in
            // Steps found done together took their time together: the first one has it.
            (step: step, duration: index == 0 ? now.timeIntervalSince(stepBegan) : 0)
        }
        reported = completed.count
        stepBegan = now
        return news
    }

    /// Helm failed once more.
    mutating func helmFailed(_ error: HelmError) {
        helmFailure = HelmFailure(
            code: error.code,
            message: error.message,
            attempts: (helmFailure?.attempts ?? 0) + 1
        )
        release = nil
    }

    /// Counts from the first start of this generation, which the namespace remembers where it made it; a worker that
    /// takes over late still gets a minute to see whether the store is there by now.
    private func firstDeadline(_ observation: StoreObservation, now: Date) -> Date {
        var start = now
        if case .present(_, let created?) = observation.namespace, created >= asked.addingTimeInterval(-2) {
            start = min(created, now)
        }
        return max(start.addingTimeInterval(timeout), now.addingTimeInterval(min(60, timeout)))
    }
}
