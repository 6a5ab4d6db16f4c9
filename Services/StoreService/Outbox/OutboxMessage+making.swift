import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

extension OutboxMessage {
    /// Work for a provisioner.
    ///
    /// The id names store, generation and attempt, so that asking again within an attempt is asking once.
    static func command(_ command: ProvisionCommand, attempt: Int) throws -> OutboxMessage {
        let message = try message(command, occurrence: "\(attempt)")
        return OutboxMessage(stream: Streams.provision.name, message: message, storeID: command.storeID)
    }

    /// A look at a store. Each that is asked for is one; nobody's work waits for it.
    ///
    /// After `lifetime` seconds it is too old to be worth anything: the next one was asked for.
    static func verification(
        _ command: ProvisionCommand,
        askedAt time: Date,
        lifetime: TimeInterval
    ) throws -> OutboxMessage {
        let milliseconds = Int64((time.timeIntervalSince1970 * 1000).rounded())
        var message = try message(command, occurrence: "\(milliseconds)")
        try message.headers.set(MessageHeaders.Name.deadline, "\(milliseconds + Int64(lifetime * 1000))")
        return OutboxMessage(stream: Streams.provision.name, message: message)
    }

    private static func message(_ command: ProvisionCommand, occurrence: String) throws -> BusMessage {
        let id = "provision/\(command.storeID)/\(command.generation)/\(command.kind.rawValue)/\(occurrence)"
        let subject = Subjects.provision(command.kind, region: command.region)
        var message = try Contract.message(subject, command, messageID: id)
        try message.headers.set(MessageHeaders.Name.storeID, command.storeID.description)
        try message.headers.set(MessageHeaders.Name.generation, "\(command.generation)")
        try message.headers.set(MessageHeaders.Name.region, command.region.description)
        return message
    }

    /// Tells that a store was accepted, all that there is to tell of it in one message.
    static func created(
        _ store: StoreRecord,
        _ events: [EventResource],
        _ operation: OperationRecord,
        at time: Date
    ) throws -> OutboxMessage {
        try notice(
            StoreNotice(
                kind: .created,
                storeID: store.id,
                ownerID: store.ownerID,
                store: store.resource,
                events: events,
                operation: operation.resource(at: time)
            )
        )
    }

    /// Tells that a store is now like this.
    static func changed(_ store: StoreRecord) throws -> OutboxMessage {
        try notice(StoreNotice(kind: .changed, storeID: store.id, ownerID: store.ownerID, store: store.resource))
    }

    /// Tells that an event was added.
    static func recorded(_ event: EventResource, owner: UserID) throws -> OutboxMessage {
        try notice(StoreNotice(kind: .recorded, storeID: event.storeId, ownerID: owner, events: [event]))
    }

    /// Tells how far an operation is at a moment.
    static func operation(_ operation: OperationRecord, at time: Date) throws -> OutboxMessage {
        try notice(
            StoreNotice(
                kind: .operation,
                storeID: operation.storeID,
                ownerID: operation.ownerID,
                operation: operation.resource(at: time)
            )
        )
    }

    /// Tells that a store's record is gone.
    static func removed(_ store: StoreRecord) throws -> OutboxMessage {
        try notice(StoreNotice(kind: .removed, storeID: store.id, ownerID: store.ownerID))
    }

    /// Tells that what was answered about keys before is void.
    static func authChanged(_ user: UserID) throws -> OutboxMessage {
        let message = try Contract.message(Subjects.Auth.changed, ["userID": user], messageID: newID())
        return OutboxMessage(stream: Streams.stores.name, message: message)
    }

    private static func notice(_ notice: StoreNotice) throws -> OutboxMessage {
        let subject = Subjects.notice(notice.kind, of: notice.storeID)
        var message = try Contract.message(subject, notice, messageID: newID())
        try message.headers.set(MessageHeaders.Name.storeID, notice.storeID.description)
        return OutboxMessage(stream: Streams.stores.name, message: message)
    }

    /// Kept with the message: however often it is published, its id stays.
    private static func newID() -> String { "outbox/\(ULID.generate().string)" }
}
