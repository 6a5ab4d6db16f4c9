import Foundation
package import MessageBus
import Synchronization

extension RedisMessageBus: KeyValueStore {
    package func keyValue(_ configuration: KeyValueConfiguration) async throws -> any KeyValueBucket {
        try checkTaking()
        let keys = KeyValueKeys(configuration.bucket, context)
        do {
            let json = String(decoding: try JSONEncoder().encode(StoredBucket(configuration)), as: UTF8.self)
            _ = try await context.command.run(
                .keyValueDeclare,
                keys: [keys.configuration, context.keys.buckets, keys.log],
                [json, configuration.bucket]
            )
        } catch {
            throw BusError.from(error)
        }
        return RedisKeyValueBucket(self, configuration)
    }

    package func keyValue(bucket: String) async throws -> (any KeyValueBucket)? {
        try checkTaking()
        let named = try KeyValueConfiguration(bucket: bucket)
        let key = String(decoding: KeyValueKeys(bucket, context).configuration, as: UTF8.self)
        guard case .bytes(let json) = try await execute(RedisCommand("HGET", key, "v")) else { return nil }
        do {
            let stored = try JSONDecoder().decode(StoredBucket.self, from: Data(json))
            return RedisKeyValueBucket(self, try stored.configuration(named.bucket))
        } catch {
            throw BusError(.refused, "the declaration of bucket \(bucket) cannot be read", cause: error)
        }
    }

    package func keyValueBuckets() async throws -> [String] {
        let key = String(decoding: context.keys.buckets, as: UTF8.self)
        return try await execute(RedisCommand("SMEMBERS", key)).elements.compactMap(\.text).sorted()
    }
}

/// How a declaration lies in Redis; later versions may add members.
private struct StoredBucket: Codable {
    let history: Int
    let maximumValueSize: Int
    let timeToLiveMilliseconds: Int?

    init(_ configuration: KeyValueConfiguration) {
        history = configuration.history
        maximumValueSize = configuration.maximumValueSize
        timeToLiveMilliseconds = configuration.timeToLive?.milliseconds
    }

    func configuration(_ bucket: String) throws -> KeyValueConfiguration {
        try KeyValueConfiguration(
            bucket: bucket,
            history: history,
            maximumValueSize: maximumValueSize,
            timeToLive: timeToLiveMilliseconds.map { .milliseconds($0) }
        )
    }
}

/// The keys of one bucket.
struct KeyValueKeys: Sendable {
    /// How the bucket was declared.
    let configuration: BusKeys.Key
    /// By key, the newest: `<revision> <operation> <value>`.
    let values: BusKeys.Key
    /// Every change, for watchers.
    let log: BusKeys.Key
    /// By key, older values.
    let history: BusKeys.Key
    /// Keys with an end, by the time of it.
    let expiry: BusKeys.Key

    init(_ bucket: String, _ context: BusContext) {
        configuration = context.keys.keyValue(bucket, "cfg")
        values = context.keys.keyValue(bucket, "h")
        log = context.keys.keyValue(bucket, "log")
        history = context.keys.keyValue(bucket, "hist")
        expiry = context.keys.keyValue(bucket, "exp")
    }
}
