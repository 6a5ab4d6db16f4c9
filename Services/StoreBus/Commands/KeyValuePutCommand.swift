import ArgumentParser
import MessageBus
import ServiceRuntime

/// Puts a value.
struct KeyValuePutCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Puts a value and tells its revision."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var target: KeyValueArguments

    @Option(
        help: "Only where this is the key's last revision; 0-0: where there never was one.",
        transform: Arguments.streamID
    )
    var revision: StreamID?

    func validate() throws {
        if revision != nil, target.ttl != nil { throw ValidationError("--ttl and --revision do not go together") }
    }

    func perform(with tool: Tool) async throws {
        let (bucket, value) = try await target.open(with: tool)
        let place: StreamID
        if let revision {
            place = try await bucket.update(target.key, value, expecting: revision)
        } else {
            place = try await bucket.put(target.key, value, timeToLive: target.ttl)
        }
        try tool.show(["\(place)"], [["key": .string(target.key), "revision": JSONValue(place)]])
    }
}
