import Foundation
import MessageBus
import Synchronization

/// What streams are: told by this process, or read from Redis once.
final class StreamRegistry: Sendable {
    /// How a declaration lies in Redis; later versions may add members.
    private struct Stored: Codable {
        let name: String
        let subjects: String
        let retention: String
        let maximumMessages: Int?
        let duplicateWindowMilliseconds: Int
    }

    private let known = Mutex<[String: StreamConfiguration]>([:])
    private let context: BusContext

    init(_ context: BusContext) { self.context = context }

    func declare(_ configuration: StreamConfiguration) async throws {
        try BusKeys.validate(configuration.name, what: "stream")
        let (retention, maximum): (String, Int?) =
            switch configuration.retention {
            case .limits(let maximum): ("limits", maximum)
            case .workQueue: ("workQueue", nil)
            }
        let stored = Stored(
            name: configuration.name,
            subjects: configuration.subjects.description,
            retention: retention,
            maximumMessages: maximum,
            duplicateWindowMilliseconds: configuration.duplicateWindow.milliseconds
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(stored), as: UTF8.self)
        _ = try await context.command.execute(RedisCommand("HSET", key(configuration.name), "v", json))
        known.withLock { $0[configuration.name] = configuration }
    }

    /// The declaration; throws `unknownStream` where nobody made one.
    func configuration(of name: String) async throws -> StreamConfiguration {
        if let configuration = known.withLock({ $0[name] }) { return configuration }
        try BusKeys.validate(name, what: "stream")
        let value = try await context.command.execute(RedisCommand("HGET", key(name), "v"))
        guard case .bytes(let json) = value else { throw BusError(.unknownStream, "no stream \(name)") }
        do {
            let stored = try JSONDecoder().decode(Stored.self, from: Data(json))
            let configuration = StreamConfiguration(
                name: name,
                subjects: try SubjectFilter(stored.subjects),
                retention: stored.retention == "workQueue"
                    ? .workQueue : .limits(maximumMessages: stored.maximumMessages ?? 1_000_000),
                duplicateWindow: .milliseconds(stored.duplicateWindowMilliseconds)
            )
            known.withLock { $0[name] = configuration }
            return configuration
        } catch {
            throw BusError(.refused, "the declaration of stream \(name) cannot be read", cause: error)
        }
    }

    private func key(_ name: String) -> String { String(decoding: context.keys.configuration(name), as: UTF8.self) }
}
