import KubernetesClient
import StoreContracts

extension StoreRedaction {
    /// As `read`, for somebody who waits for a log: without a look at the passwords nothing of it is told, which
    /// `SERVICE_UNAVAILABLE` says.
    func readOrWithhold(_ namespace: String) async throws -> SecretRedaction {
        do {
            return try await read(namespace)
        } catch let error as KubernetesError where !error.isTransient {
            throw ServiceFault(
                .serviceUnavailable,
                "Withheld: the store's Secret cannot be read, so what was said cannot be checked for passwords."
            )
        }
    }
}
