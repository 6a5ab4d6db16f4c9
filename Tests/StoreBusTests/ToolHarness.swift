import ArgumentParser
import Console
import MessageBus
import RedisStreams
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import StoreBus

/// The tool's commands in this process, over buses in a cell of their own on a real Redis.
struct ToolHarness: Sendable {
    let cell: BusContractCell
    let bus: RedisMessageBus

    static func with(_ body: (ToolHarness) async throws -> Void) async throws {
        try await BusContractCell.with(.redis) { cell in
            let bus = try #require(try cell.makeBus() as? RedisMessageBus)
            try await body(ToolHarness(cell: cell, bus: bus))
        }
    }

    /// What a command printed, and still prints.
    final class Printed: Sendable {
        private let text = Mutex("")
        func append(_ more: String) { text.withLock { $0 += more } }
        var all: String { text.withLock { $0 } }
        var lines: [String] { all.split(separator: "\n").map(String.init) }
        func json() throws -> [JSONValue] {
            try lines.map { try PlatformJSON.decode(JSONValue.self, from: Array($0.utf8)) }
        }
    }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String..., input: String = "") async throws -> Printed {
        let printed = Printed()
        try await perform(arguments, input: input, printed: printed)
        return printed
    }

    /// Runs a command while `body` does something, then ends it as an interrupt would.
    func during(
        _ arguments: String...,
        terminal: Terminal? = nil,
        _ body: (Printed) async throws -> Void
    ) async throws {
        let printed = Printed()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await perform(arguments, terminal: terminal, printed: printed)
                } catch is CancellationError {}
            }
            try await body(printed)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func perform(
        _ arguments: [String],
        input: String = "",
        terminal: Terminal? = nil,
        printed: Printed
    ) async throws {
        let command = try #require(try StoreBusMain.parseAsRoot(arguments) as? any BusCommand)
        let tool = Tool(
            bus: bus,
            place: "here",
            isJSON: command.options.json,
            write: { printed.append($0) },
            readInput: { Array(input.utf8) },
            terminal: terminal
        )
        try await command.perform(with: tool)
    }

    /// A stream with a consumer that refuses all it gets.
    func refusing(_ reason: String, _ subjects: [String]) async throws {
        try await bus.ensureStream(
            StreamConfiguration(name: "EVENTS", subjects: try SubjectFilter("events.>"), retention: .workQueue)
        )
        let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "worker")
        let probe = BusProbe(try await bus.consume(consumer)) { delivery in
            do { _ = try await delivery.term(reason: reason) } catch { Issue.record(error) }
        }
        for subject in subjects {
            let message = BusMessage(subject: try Subject(subject), body: Array("body of \(subject)".utf8))
            _ = try await bus.append(message, to: "EVENTS")
        }
        try await eventually("dead letters") {
            try await bus.stream("EVENTS").deadLetters == subjects.count
        }
        probe.cancel()
    }
}
