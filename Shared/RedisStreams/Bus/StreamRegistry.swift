import Logging
import MessageBus
import Synchronization

/// What streams are: told by this process, or read from Redis once and kept up to date by their maintenance.
final class StreamRegistry: Sendable {
    private struct Known {
        var configuration: StreamConfiguration
        /// As it lies in Redis.
        var json: String

        /// Whether something must be done again and again to keep its retention.
        var needsTrimming: Bool {
            switch configuration.retention {
            case .limits(_, let age): age != nil
            case .interest: true
            case .workQueue: false
            }
        }
    }

    private let known = Mutex<[String: Known]>([:])
    private let context: BusContext

    init(_ context: BusContext) { self.context = context }

    func declare(_ configuration: StreamConfiguration) async throws {
        try BusKeys.validate(configuration.name, what: "stream")
        let json = try StoredJSON.text(of: StoredStream(configuration))
        let keys = [context.keys.configuration(configuration.name), context.keys.streams]
        _ = try await context.command.run(.declareStream, keys: keys, [configuration.name, json])
        known.withLock { $0[configuration.name] = Known(configuration: configuration, json: json) }
    }

    /// The declaration; throws `unknownStream` where nobody made one.
    func configuration(of name: String) async throws -> StreamConfiguration {
        if let known = known.withLock({ $0[name] }) { return known.configuration }
        try BusKeys.validate(name, what: "stream")
        let key = String(decoding: context.keys.configuration(name), as: UTF8.self)
        let value = try await context.command.execute(RedisCommand("HGET", key, "v"))
        guard let json = value.text else { throw BusError(.unknownStream, "no stream \(name)") }
        return try learn(name, json)
    }

    @discardableResult
    private func learn(_ name: String, _ json: String) throws -> StreamConfiguration {
        do {
            let configuration = try StoredJSON.value(StoredStream.self, of: json).configuration()
            known.withLock { $0[name] = Known(configuration: configuration, json: json) }
            return configuration
        } catch {
            throw BusError(.refused, "the declaration of stream \(name) cannot be read", cause: error)
        }
    }

    // MARK: - On the loop's thread

    /// Keeps the retention of all streams this process knows, and their declarations: the first in each heartbeat, the
    /// others now and then.
    func maintain(turn: Int = 0) {
        context.loop.schedule(after: context.configuration.heartbeat * Double.random(in: 0.8..<1.2)) {
            guard !self.context.command.isClosed else { return }
            self.maintain(turn: turn + 1)
        }
        guard context.command.isOnline else { return }
        let due = known.withLock { $0.filter { $0.value.needsTrimming || turn % 16 == 0 } }
        for (name, stream) in due { maintain(name, stream) }
    }

    private func maintain(_ name: String, _ stream: Known) {
        let keys = [context.keys.log(name), context.keys.configuration(name), context.keys.streams]
        context.command.submit(
            .maintainStream,
            keys: keys,
            argumentCount: 2,
            arguments: { command in
                command.add(name)
                command.add(stream.json)
            },
            { answer in
                switch answer {
                case .success(var cursor):
                    guard cursor.array() == 2 else { return }
                    cursor.skip()
                    guard let json = cursor.text(), !json.isEmpty else { return }
                    do { try self.learn(name, json) } catch {
                        self.context.logger.warning("Stream not understood", metadata: ["error": "\(error)"])
                    }
                case .failure(let error):
                    self.context.logger.debug("Stream not maintained", metadata: ["error": "\(error)"])
                }
            }
        )
    }
}
