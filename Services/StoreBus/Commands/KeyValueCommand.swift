import ArgumentParser
import MessageBus

/// Buckets of keys and values.
struct KeyValueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kv",
        abstract: "Looks into buckets of keys and values, and changes them.",
        subcommands: [
            KeyValueListCommand.self, KeyValueGetCommand.self, KeyValuePutCommand.self, KeyValueCreateCommand.self,
            KeyValueDeleteCommand.self, KeyValueWatchCommand.self, KeyValueHistoryCommand.self,
        ]
    )
}

extension Tool {
    /// A bucket that was declared.
    func bucket(_ name: String) async throws -> any KeyValueBucket {
        guard let bucket = try await bus.keyValue(bucket: name) else { throw ToolError("no bucket \(name)") }
        return bucket
    }
}
