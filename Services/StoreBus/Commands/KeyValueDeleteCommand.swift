import ArgumentParser
import MessageBus
import ServiceRuntime

/// Deletes a key.
struct KeyValueDeleteCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "del",
        abstract: "Deletes a key; its history stays, unless it is purged."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "The bucket's name.")
    var bucket: String

    @Argument(help: "The key.")
    var key: String

    @Option(help: "Only where this is the key's last revision.", transform: Arguments.streamID)
    var revision: StreamID?

    @Flag(help: "With all its history.")
    var purge = false

    func validate() throws {
        if purge, revision != nil { throw ValidationError("--purge and --revision do not go together") }
    }

    func perform(with tool: Tool) async throws {
        let bucket = try await tool.bucket(bucket)
        let place =
            purge ? try await bucket.purge(key) : try await bucket.delete(key, expecting: revision)
        try tool.show(["\(place)"], [["key": .string(key), "revision": JSONValue(place)]])
    }
}
