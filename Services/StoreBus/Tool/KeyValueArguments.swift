import ArgumentParser
import MessageBus

/// What is to be put where.
struct KeyValueArguments: ParsableArguments, Sendable {
    @Argument(help: "The bucket's name.")
    var bucket: String

    @Argument(help: "The key.")
    var key: String

    @Argument(help: "The value; - reads it from standard input.")
    var value: String

    @Option(help: "How long it lives, such as 30s; else as long as the bucket says.", transform: Arguments.duration)
    var ttl: Duration?

    @Flag(help: "Make the bucket where there is none.")
    var make = false

    func open(with tool: Tool) async throws -> (any KeyValueBucket, [UInt8]) {
        let value = try await tool.body(value)
        if make, try await tool.bus.keyValue(bucket: bucket) == nil {
            return (try await tool.bus.keyValue(KeyValueConfiguration(bucket: bucket)), value)
        }
        return (try await tool.bucket(bucket), value)
    }
}
