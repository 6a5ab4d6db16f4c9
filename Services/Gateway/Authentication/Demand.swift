import StoreContracts

/// What a route asks of whoever calls it.
struct Demand: Sendable, Hashable {
    /// What their key must allow.
    let scope: KeyScope
    /// The least their role must be.
    let role: Caller.Role

    /// Whether it does more than show: a browser must not be made to do it by another site's page.
    var isChange: Bool { scope != .read }

    /// Throws `FORBIDDEN` for the role, which another key would not help, and else `INSUFFICIENT_SCOPE` for the key.
    func check(_ caller: Caller) throws {
        guard caller.role >= role else {
            throw ServiceFault(
                .forbidden,
                role == .admin ? "Only admins may do this." : "Viewers may look, not change."
            )
        }
        guard caller.scopes.contains(scope) else {
            throw ServiceFault(
                .insufficientScope,
                "The key does not have the scope \(scope.rawValue), which this needs."
            )
        }
    }
}
