/// The steps of a provision, in their order; each makes one condition true.
package enum ProvisioningStep: String, Hashable, Sendable, Codable, CaseIterable {
    /// Asks the guard for the secured namespace.
    case ensureNamespace = "EnsureNamespace"
    /// Creates the store's passwords, once.
    case ensureSecrets = "EnsureSecrets"
    /// Installs the Helm release.
    case installRelease = "InstallRelease"
    /// Waits for the setup Job.
    case configureStore = "ConfigureStore"
    /// Waits for the pods.
    case awaitWorkloads = "AwaitWorkloads"
    /// Asks the storefront through the ingress.
    case proveStorefront = "ProveStorefront"
    /// Buys something as a guest, sees the order as the merchant, removes it.
    case verifyOrderPath = "VerifyOrderPath"

    /// The condition that holds when the step is done.
    package var condition: StoreCondition.Kind {
        switch self {
        case .ensureNamespace: .namespaceSecured
        case .ensureSecrets: .secretsReady
        case .installRelease: .releaseInstalled
        case .configureStore: .storeConfigured
        case .awaitWorkloads: .workloadsReady
        case .proveStorefront: .reachable
        case .verifyOrderPath: .orderPathVerified
        }
    }
}
