import Foundation
import MessageBus
import StoreDomain

/// A message that must be published because something was committed.
struct OutboxMessage: Sendable, Hashable {
    /// Its place in the order; nil before it is kept.
    var id: Int64?
    let stream: String
    /// With its id in the headers, so that publishing it twice stores it once.
    let message: BusMessage
    /// For commands: the store whose work waits for it.
    var storeID: StoreID?
}

/// Messages on their way from a transaction to the bus.
protocol OutboxRepository: Sendable {
    /// Adds messages, to be published in this order once the transaction is committed, and wakes the relay then.
    func enqueue(_ messages: [OutboxMessage], at time: Date) async throws
    /// Makes this transaction the only one that relays; false when another one is at it.
    func lockOutbox() async throws -> Bool
    /// The oldest messages.
    func oldestMessages(limit: Int) async throws -> [OutboxMessage]
    /// Forgets published messages, and starts the clock of the stores whose commands they were.
    func removeMessages(_ messages: [OutboxMessage], at time: Date) async throws
}
