import Foundation
import Logging
import MessageBus
import StoreContracts
import StoreDomain

/// Takes commands from the stream and sees that each is worked on by one worker at a time, until something newer is
/// asked of its store.
struct CommandWorker: Sendable {
    let leases: StoreLeases
    let marks: StoreMarks
    let supersession: Supersession
    let creation: StoreCreation
    let deletion: StoreDeletion
    let rotation: CredentialRotation
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
        // Asked again meanwhile: a region that was away must not look at each store once for each time it was asked to.
        if isOutOfDate(delivery) { return .ack }
        supersession.board.note(command.storeID, generation: command.generation)
        var logger = logger
        logger[metadataKey: "store.id"] = "\(command.storeID)"
        logger[metadataKey: "store.generation"] = "\(command.generation)"
        while !isSuperseded(command) {
            try Task.checkCancellation()
            do {
                let done: Void? = try await leases.withLease(on: command.storeID) { [logger] hold in
                    try await self.untilSuperseded(command, logger) {
                        try await self.perform(command, delivery, hold, logger)
                    }
                }
                // Whoever has the store looks after it: there is nothing to verify beside that.
                if done != nil || command.kind == .verify { break }
            } catch is StoreLeases.Lost {
                logger.warning("Another worker has taken the store over")
                return command.kind == .verify ? .ack : .nak(after: .seconds(1))
            }
            // Whoever works for an older generation hears this and lets go; a broadcast may be lost, so it is repeated.
            try await supersession.announce(command.storeID, generation: command.generation)
            try await Task.sleep(for: .milliseconds(200))
        }
        return .ack
    }

    private func perform(
        _ command: ProvisionCommand,
        _ delivery: Delivery,
        _ hold: StoreHold,
        _ logger: Logger
    ) async throws {
        guard command.kind != .delete else {
            try await marks.markDeleted(command.storeID)
            return try await deletion.run(command, attempt: delivery.deliveries, hold: hold, logger: logger)
        }
        guard try await !marks.isDeleted(command.storeID) else {
            return logger.notice("Command for a deleted store dropped", metadata: ["kind": "\(command.kind.rawValue)"])
        }
        guard command.kind != .rotate else { return try await rotation.run(command, hold: hold, logger: logger) }
        try await creation.run(
            command,
            purpose: try await purpose(of: command, delivery),
            hold: hold,
            logger: logger
        )
    }

    /// What is to come of the work, and since when.
    private func purpose(of command: ProvisionCommand, _ delivery: Delivery) async throws -> WorkPurpose {
        guard command.kind != .verify else {
            let verification = command.verification ?? .init(status: .ready, withOrder: false)
            return .verification(verification, occurrence: delivery.id.description)
        }
        return .creation(
            asked: Date(timeIntervalSince1970: Double(delivery.id.milliseconds) / 1000),
            began: try await marks.began(command.storeID, generation: command.generation)
        )
    }

    /// Whether the asker's deadline (milliseconds since 1970) has passed; only verifications have one.
    private func isOutOfDate(_ delivery: Delivery) -> Bool {
        guard let deadline = delivery.message.headers[MessageHeaders.Name.deadline].flatMap({ Double($0) }) else {
            return false
        }
        return Date().timeIntervalSince1970 * 1000 > deadline
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
