import StoreContracts

extension Workbench {
    /// Has a store made, and runs `body` with the facts that were told of it until one is of this kind. A guard and a
    /// provisioner work until `body` returns.
    func withStore(
        until kind: StoreFact.Kind = .provisioned,
        _ body: (ProvisionCommand, [StoreFact]) async throws -> Void
    ) async throws {
        let command = try Fixtures.command()
        let tasks = [try await startGuard(), try startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await send(command)
        try await body(command, try await facts(of: command.storeID, until: kind))
    }
}
