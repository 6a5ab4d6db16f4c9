import Foundation
import Logging
package import MessageBus
package import RedisStreams
import Synchronization

/// The implementations that must keep the contract.
package enum BusKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case memory, redis

    package var description: String { rawValue }
}

/// One empty world for a test: any number of buses in it are processes that share a Redis, or a memory.
package final class BusContractCell: Sendable {
    private enum World: Sendable {
        case memory(MemoryMessageBus)
        case redis(RedisBusConfiguration)
    }

    private let world: World
    private let made = Mutex<[any MessageBus]>([])

    private init(_ world: World) { self.world = world }

    /// Opens a world, hands it to `body`, and drains what was made in it.
    package static func with(_ kind: BusKind, _ body: (BusContractCell) async throws -> Void) async throws {
        let cell: BusContractCell
        switch kind {
        case .memory: cell = BusContractCell(.memory(MemoryMessageBus()))
        case .redis: cell = BusContractCell(.redis(configuration(on: try await TestRedis.sharedServer())))
        }
        do {
            try await body(cell)
        } catch {
            await cell.close()
            throw error
        }
        await cell.close()
    }

    /// The same on a server of the test's own, with Redis.
    package static func with(_ server: TestRedis, _ body: (BusContractCell) async throws -> Void) async throws {
        let cell = BusContractCell(.redis(configuration(on: server)))
        do {
            try await body(cell)
        } catch {
            await cell.close()
            throw error
        }
        await cell.close()
    }

    /// A bus configuration with a cell of its own and short times.
    package static func configuration(on server: TestRedis) -> RedisBusConfiguration {
        let name = "t" + UUID().uuidString.prefix(8).lowercased()
        var configuration = RedisBusConfiguration(url: server.url, cell: name, service: "test")
        configuration.heartbeat = .milliseconds(300)
        configuration.presence = .milliseconds(1_500)
        return configuration
    }

    /// One more process' bus.
    package func makeBus() throws -> any BusAdministration {
        let bus: any BusAdministration
        switch world {
        case .memory(let first): bus = first.peer()
        case .redis(let configuration):
            var logger = Logger(label: "test")
            logger.logLevel = .error
            bus = try RedisMessageBus(configuration: configuration, logger: logger)
        }
        made.withLock { $0.append(bus) }
        return bus
    }

    /// The configuration of the buses of a Redis world.
    package var configuration: RedisBusConfiguration? {
        if case .redis(let configuration) = world { configuration } else { nil }
    }

    /// The dead letters of a stream, oldest first.
    package func deadLetters(of stream: String, on bus: any MessageBus) async throws -> [StoredMessage] {
        guard let bus = bus as? any BusAdministration else { return [] }
        return try await bus.deadLetters(of: stream, after: .zero, limit: 1000)
    }

    private func close() async {
        let buses = made.withLock { $0 }
        await withTaskGroup { group in
            for bus in buses { group.addTask { await bus.drain(within: .milliseconds(300)) } }
        }
    }
}
