import Foundation
import MessageBus
import StoreContracts
import StoreDomain

/// Asks the namespace-guard for a store's namespace, and for its end.
struct NamespaceRequests: Sendable {
    let bus: any MessageBus
    /// Work for a guard can be delayed, never lost; asking again is for what nobody thought of.
    private static let repeatInterval: TimeInterval = 30

    /// Asks for the namespace. May be called at every look: within one interval the request is stored once.
    func ask(_ command: ProvisionCommand, since began: Date, now: Date) async throws {
        let interval = Int(now.timeIntervalSince(began) / Self.repeatInterval)
        try await send(.ensure, command, key: "\(Int(began.timeIntervalSince1970 * 1000))-\(interval)")
    }

    /// Asks for the namespace to be deleted; the guard tells when it is gone.
    func release(_ command: ProvisionCommand, attempt: Int) async throws {
        try await send(.release, command, key: "\(attempt)")
    }

    private func send(_ kind: GuardCommand.Kind, _ command: ProvisionCommand, key: String) async throws {
        let request = GuardCommand(
            kind: kind,
            storeID: command.storeID,
            name: command.name,
            namespace: command.namespace,
            plan: command.plan,
            region: command.region,
            generation: command.generation
        )
        try await BusPatience.retrying {
            try await bus.ensureStream(Streams.guarding)
            try await bus.send(request, key: key)
        }
    }
}
