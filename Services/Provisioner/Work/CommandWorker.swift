import Foundation
import Logging
import MessageBus
import StoreContracts
import StoreDomain

/// Takes commands from the stream and sees that each is worked on by one worker at a time, until something newer is
/// asked of its store.
struct CommandWorker: Sendable {
    let leases: StoreLeases
    let supersession: Supersession
    let slots: [ProvisionCommand.Kind: WorkSlots]
    let creation: StoreCreation
    let deletion: StoreDeletion
    let logger: Logger

    /// A `ConsumerRunner.Handler`.
    func handle(_ delivery: Delivery) async throws -> Disposition {
        let command: ProvisionCommand
        do {
            command = try Contract.body(of: delivery.message)
        } catch {
            logger.error("Command not readable", metadata: ["bus.id": "\(delivery.id)", "error": "\(error)"])
            return .term(reason: "not a command this version can read")
        }
        supersession.board.note(command.storeID, generation: command.generation)
        if isSuperseded(command) { return .ack }
        guard let slots = slots[command.kind] else { return .term(reason: "no such kind of command") }
        let outcome = try await slots.run { try await work(on: command, delivery) }
        // Too many wait here already.
        return outcome ?? .nak(after: .seconds(1))
    }

    private func work(on command: ProvisionCommand, _ delivery: Delivery) async throws -> Disposition {
        var logger = logger
        logger[metadataKey: "store.id"] = "\(command.storeID)"
        logger[metadataKey: "store.generation"] = "\(command.generation)"
        while !isSuperseded(command) {
            try Task.checkCancellation()
            do {
                let done: Void? = try await leases.withLease(on: command.storeID) { [logger] in
                    try await self.untilSuperseded(command, logger) {
                        try await self.perform(command, delivery, logger)
                    }
                }
                if done != nil { break }
            } catch is StoreLeases.Lost {
                logger.warning("Another worker has taken the store over")
                return .nak(after: .seconds(1))
            }
            // Whoever works for an older generation hears this and lets go.
            try await supersession.announce(command.storeID, generation: command.generation)
            try await Task.sleep(for: .milliseconds(200))
        }
        return .ack
    }

    private func perform(
        _ command: ProvisionCommand,
        _ delivery: Delivery,
        _ logger: Logger
    ) async throws {
        switch command.kind {
        case .create, .verify:
            guard try await !leases.isDeleted(command.storeID) else {
                logger.notice("Creation of a deleted store dropped")
                return
            }
            let asked = Date(timeIntervalSince1970: Double(delivery.id.milliseconds) / 1000)
            try await creation.run(command, asked: asked, logger: logger)
        case .delete:
            try await leases.markDeleted(command.storeID)
            try await deletion.run(command, attempt: delivery.deliveries, logger: logger)
        }
    }

    private func isSuperseded(_ command: ProvisionCommand) -> Bool {
        supersession.board.isSuperseded(command.storeID, generation: command.generation)
    }

    /// Runs the body until it ends or something newer is asked of the store; both end the command.
    private func untilSuperseded(
        _ command: ProvisionCommand,
        _ logger: Logger,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                await supersession.board.waitUntilSuperseded(command.storeID, generation: command.generation)
                try Task.checkCancellation()
                return false
            }
            defer { group.cancelAll() }
            if try await group.next() == false { logger.notice("Stopped for a newer generation") }
        }
    }
}
