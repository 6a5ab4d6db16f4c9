import StoreContracts
import StoreDomain

/// How long each step of an operation is expected to take.
///
/// Made when the operation is accepted and kept with it: were it made anew for each question, progress could go back.
struct OperationExpectation: Hashable, Sendable, Codable {
    /// A step and its time.
    struct Step: Hashable, Sendable, Codable {
        let name: String
        let seconds: Double
    }

    /// Every step, in the order in which they are done.
    let steps: [Step]
    /// Seconds from being accepted until somebody begins.
    let wait: Double
    /// Whether the times were measured. Those that were not are good for a bar, not for a promise.
    let isMeasured: Bool

    /// Seconds of all steps.
    var total: Double { steps.reduce(0) { $0 + $1.seconds } }

    /// The medians of earlier operations; the built-in times when there are none.
    init(_ kind: OperationResource.Kind, withDatabase: Bool = false, earlier samples: [OperationSample]) {
        isMeasured = !samples.isEmpty
        wait = Self.median(samples.map(\.wait)) ?? 0
        steps = Self.builtIn(kind, withDatabase: withDatabase).map { step in
            // A step that an operation passed over took it no time.
            let measured = Self.median(samples.map { $0.seconds[step.name] ?? 0 })
            return Step(name: step.name, seconds: measured ?? step.seconds)
        }
    }

    /// What the steps take on a small cluster that has the images.
    static func builtIn(_ kind: OperationResource.Kind, withDatabase: Bool = true) -> [Step] {
        switch kind {
        case .delete: [Step(name: "UninstallRelease", seconds: 2), Step(name: "ReleaseNamespace", seconds: 8)]
        case .create, .retry:
            ProvisioningStep.allCases.map { Step(name: $0.rawValue, seconds: builtInSeconds($0)) }
        case .rotate:
            RotationStep.steps(database: withDatabase).map { Step(name: $0.rawValue, seconds: builtInSeconds($0)) }
        }
    }

    private static func builtInSeconds(_ step: ProvisioningStep) -> Double {
        switch step {
        case .ensureNamespace: 0.5
        case .ensureSecrets: 0.2
        case .installRelease: 1
        case .configureStore: 6
        case .awaitWorkloads: 1
        case .proveStorefront: 0.5
        case .verifyOrderPath: 1
        }
    }

    private static func builtInSeconds(_ step: RotationStep) -> Double {
        switch step {
        case .prepareCredentials: 0.5
        case .changeAdminPassword: 3
        case .verifyAdminPassword: 0.5
        case .changeDatabasePassword: 2
        case .restartShop: 6
        case .verifyShop: 3
        case .commitCredentials: 1
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
