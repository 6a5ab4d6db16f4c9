import ArgumentParser
import MessageBus
import ServiceRuntime

/// Puts a value where there is none.
struct KeyValueCreateCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Puts a value where the key has none; ends with 1 where it has one."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var target: KeyValueArguments

    func perform(with tool: Tool) async throws {
        let (bucket, value) = try await target.open(with: tool)
        let revision = try await bucket.create(target.key, value, timeToLive: target.ttl)
        try tool.show(["\(revision)"], [["key": .string(target.key), "revision": JSONValue(revision)]])
    }
}
