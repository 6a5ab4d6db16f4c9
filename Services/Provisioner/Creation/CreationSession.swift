import FoundationEssentials
import Helm
import KubernetesClient
import StoreContracts
import StoreDomain

/// What one worker knows about a store beyond the cluster view: what it found out itself, and since when. Pure.
struct CreationSession: Sendable {
    let command: ProvisionCommand
    let purpose: WorkPurpose

    var isChartRendered = false
    var hasSecrets = false
    var isReleaseCurrent = false
    var missingObjects: [HelmObject] = []
    var storefront: StorefrontAnswer?
    var orderProof: OrderProof?
    /// What was tried again, for a creation.
    var retries = RetryPolicy()
    /// What was done and told, for a verification.
    var past = VerificationPlan.Past()
    private(set) var release: HelmReleaseState?
    private(set) var helmFailure: HelmFailure?
    /// Whether the last look showed everything running.
    private(set) var isRunning = false
    /// Whether the last look showed the release's set-up Job to have failed.
    private(set) var hasFailedSetup = false
    /// Whether the last look showed the store's own namespace.
    private(set) var hasNamespace = false
    private(set) var deadline: Date
    private(set) var reported = 0
    private(set) var stepBegan: Date
    private(set) var pausedSince: Date?
    private var history = SymptomHistory()
    private var namespaceUID = ""
    /// Since when the release is seen in its state.
    private var releaseSince: (state: HelmReleaseState, date: Date)?

    /// A creation's deadline counts from the first start of this generation; a worker that takes over late still gets a
    /// minute to see whether the store is there by now.
    init(command: ProvisionCommand, purpose: WorkPurpose, timeout: TimeInterval, now: Date) {
        self.command = command
        self.purpose = purpose
        stepBegan = now
        deadline =
            switch purpose {
            case .creation(_, let began):
                max(began.addingTimeInterval(timeout), now.addingTimeInterval(min(60, timeout)))
            case .verification: now.addingTimeInterval(VerificationPlan.patience)
            }
    }

    /// The step that is being worked on; nil when all are done.
    var step: ProvisioningStep? { past.stuck?.step }

    /// The cluster cannot be seen: time stands still.
    mutating func pause(now: Date) {
        pausedSince = pausedSince ?? now
    }

    /// Reads the cluster.
    mutating func look(at contents: ClusterView.Contents, now: Date) -> StoreObservation {
        if let pausedSince {
            let pause = now.timeIntervalSince(pausedSince)
            deadline.addTimeInterval(pause)
            history.skip(pause)
            retries.skip(pause)
            past.stuck?.since.addTimeInterval(pause)
            self.pausedSince = nil
        }
        let object = contents.all(.namespaces).first { $0.name == command.namespace }
        if let uid = object?.uid, uid != namespaceUID {
            // Another namespace: nothing that was found out holds any more.
            namespaceUID = uid
            forget()
            hasSecrets = false
        }
        let observation = StoreObservation(
            namespace: .init(object, store: command.storeID),
            namespaceName: command.namespace,
            hasSecrets: hasSecrets,
            release: release,
            isReleaseCurrent: isReleaseCurrent,
            releaseSeen: releaseSince.map { now.timeIntervalSince($0.date) } ?? 0,
            missingObjects: missingObjects,
            isChartRendered: isChartRendered,
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
        hasFailedSetup = observation.setupJob?.failure != nil
        if case .present = observation.namespace { hasNamespace = true } else { hasNamespace = false }
        return observation
    }

    /// Decides what to do next.
    mutating func decide(_ observation: StoreObservation, now: Date) -> ProvisionPlan.Action {
        let symptoms = history.observe(Symptoms.all(in: observation, generation: command.generation), now: now)
        let step = ProvisionPlan.step(observation, generation: command.generation)
        if step != past.stuck?.step { past.stuck = step.map { ($0, now) } }
        switch purpose {
        case .creation:
            return ProvisionPlan(generation: command.generation, deadline: deadline, retries: retries)
                .next(observation, symptoms: symptoms, now: now)
        case .verification(let verification, _):
            return VerificationPlan(
                generation: command.generation,
                verification: verification,
                deadline: deadline,
                past: past
            ).next(observation, symptoms: symptoms, now: now)
        }
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

    /// The release was looked at.
    mutating func found(_ finding: StoreRelease.Finding, now: Date) {
        (release, isReleaseCurrent, missingObjects) = (finding.state, finding.isCurrent, finding.missing)
        if releaseSince?.state != finding.state { releaseSince = (finding.state, now) }
    }

    /// The release has to be looked at again.
    mutating func releaseChanged() { (release, isReleaseCurrent, missingObjects) = (nil, false, []) }

    /// Helm did as it was told.
    mutating func helmSucceeded() { helmFailure = nil }

    /// Helm failed once more.
    mutating func helmFailed(_ error: HelmError) {
        helmFailure = HelmFailure(
            code: error.code,
            message: error.message,
            attempts: (helmFailure?.attempts ?? 0) + 1
        )
        releaseChanged()
    }

    /// It is tried again: what was found out before says nothing any more.
    mutating func startedOver(now: Date) {
        forget()
        history = SymptomHistory()
        retries.start(now: now)
        past.isWoken = true
    }

    private mutating func forget() {
        releaseChanged()
        (helmFailure, storefront, orderProof) = (nil, nil, nil)
    }
}
