import ArgumentParser
import MessageBus
import ServiceRuntime

/// What is there, and then what changes.
struct KeyValueWatchCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows the values of a bucket, and then every change."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "The bucket's name.")
    var bucket: String

    @Argument(help: "Which keys, by the rules of subjects.", transform: Arguments.filter)
    var filter: SubjectFilter?

    @Option(help: "End after so many.", transform: Arguments.count)
    var count: Int?

    var isEndless: Bool { true }

    func perform(with tool: Tool) async throws {
        let updates = try await tool.bucket(bucket).watch(filter)
        var left = count
        for try await update in updates {
            guard case .entry(let entry) = update else {
                if !tool.isJSON { tool.write("-- all that was there; from now on changes\n") }
                continue
            }
            let view = KeyValueView(entry: entry)
            try tool.show(view.lines, [view.json])
            left? -= 1
            if left == 0 { break }
        }
        updates.cancel()
    }
}
