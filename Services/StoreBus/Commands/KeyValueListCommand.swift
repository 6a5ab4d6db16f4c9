import ArgumentParser
import Console
import MessageBus
import ServiceRuntime

/// The buckets, or the keys of one.
struct KeyValueListCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "Lists the buckets, or the keys of one."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "The bucket whose keys are wanted.")
    var bucket: String?

    func perform(with tool: Tool) async throws {
        if let bucket {
            let keys = try await tool.bucket(bucket).keys()
            let view = keys.isEmpty ? ["no keys"] : keys.map(PrintableText.oneLine)
            return try tool.show(view, keys.map { ["bucket": .string(bucket), "key": .string($0)] })
        }
        var statuses: [KeyValueStatus] = []
        for name in try await tool.bus.keyValueBuckets() {
            // One that went meanwhile is no longer listed.
            if let bucket = try await tool.bus.keyValue(bucket: name) { statuses.append(try await bucket.status()) }
        }
        let view = BucketsView(buckets: statuses, now: tool.bus.serverTime())
        try tool.show(view.lines, view.json)
    }
}
