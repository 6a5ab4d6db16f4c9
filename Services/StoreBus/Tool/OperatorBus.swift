import MessageBus
import RedisStreams

/// What the tool needs of a bus: everything a service may do, and what only an operator does.
protocol OperatorBus: BusAdministration, KeyValueStore {
    /// What was counted since the start.
    var statistics: BusStatistics { get }

    /// Asks the server for nothing but an answer. Everything sent before it has reached the server when it returns.
    func ping() async throws -> ServerPing
}

extension RedisMessageBus: OperatorBus {}
