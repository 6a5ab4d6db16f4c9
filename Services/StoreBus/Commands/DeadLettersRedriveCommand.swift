import ArgumentParser
import Console
import MessageBus
import ServiceRuntime

/// Puts dead letters back into their stream.
struct DeadLettersRedriveCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Puts one dead letter, or with --all every one, back into its stream."
    )

    private static let page = 100

    @OptionGroup var options: ToolOptions

    @Argument(help: "The stream's name.")
    var stream: String

    @Argument(help: "The dead letter's id, as 'dlq list' tells it.", transform: Arguments.streamID)
    var id: StreamID?

    @Flag(help: "All that are there now.")
    var all = false

    func validate() throws {
        if (id == nil) != all { throw ValidationError("one dead letter's id, or --all") }
    }

    func perform(with tool: Tool) async throws {
        if let id {
            let receipt = try await tool.bus.redrive(id, of: stream)
            return try show(id, .put(receipt.id), tool)
        }
        var counts = (put: 0, left: 0)
        var last = StreamID.zero
        // What dies again while this runs has a later place, and would be put back for ever.
        let end = StreamID(milliseconds: tool.bus.serverTime(), sequence: .max)
        pages: while !Task.isCancelled {
            let letters = try await tool.bus.deadLetters(of: stream, after: last, limit: Self.page)
            guard !letters.isEmpty else { break }
            for letter in letters {
                guard letter.id <= end else { break pages }
                last = letter.id
                do {
                    try show(letter.id, .put(try await tool.bus.redrive(letter.id, of: stream).id), tool)
                    counts.put += 1
                } catch let error as BusError where error.code == .refused || error.code == .messageNotFound {
                    try show(letter.id, .left(error.message), tool)
                    counts.left += 1
                }
            }
        }
        if !tool.isJSON {
            tool.write("\(HumanUnits.count(counts.put)) put back, \(HumanUnits.count(counts.left)) left\n")
        }
    }

    private enum Outcome {
        case put(StreamID)
        case left(String)
    }

    private func show(_ id: StreamID, _ outcome: Outcome, _ tool: Tool) throws {
        switch outcome {
        case .put(let place):
            try tool.show(["\(id)  put back as \(place)"], [["deadLetter": JSONValue(id), "id": JSONValue(place)]])
        case .left(let reason):
            try tool.show(
                ["\(id)  left: \(PrintableText.oneLine(reason))"],
                [["deadLetter": JSONValue(id), "left": .string(reason)]]
            )
        }
    }
}
