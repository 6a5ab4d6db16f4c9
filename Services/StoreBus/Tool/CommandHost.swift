import ArgumentParser
import Console
import Glibc
import MessageBus
import RedisStreams
import ServiceRuntime

/// Carries one command through the process: arguments, settings, the bus, signals, the exit code.
enum CommandHost {
    private static let usage: Int32 = 2
    private static let output = StandardOutputSink()
    private static let errors = StandardOutputSink(descriptor: STDERR_FILENO)

    /// The process' exit code: 0, 1 when something could not be done, 2 when it was called wrongly, 130 when somebody
    /// interrupted what would have ended by itself.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            let command = try StoreBusMain.parseAsRoot(arguments)
            if let command = command as? any BusCommand {
                try await serve(command)
            } else {
                var other = command
                try other.run()
            }
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        let code = StoreBusMain.exitCode(for: error)
        if code.isSuccess {
            output.write(Array((StoreBusMain.fullMessage(for: error) + "\n").utf8))
            return 0
        }
        if code == .validationFailure {
            errors.write(Array((StoreBusMain.fullMessage(for: error) + "\n").utf8))
            return usage
        }
        errors.write(Array("store-bus: \(ToolError.line(error))\n".utf8))
        return error is SettingsError ? usage : 1
    }

    private static func serve(_ command: any BusCommand) async throws {
        let (url, cell) = try await place(command.options)
        let bus = try StoreBusMain.build(url, cell: cell)
        let tool = Tool(
            bus: bus,
            place: "\(url) cell \(cell)",
            isJSON: command.options.json,
            write: { output.write(Array($0.utf8)) },
            readInput: StandardInput.read,
            terminal: Terminal.standardOutput
        )
        let result: Result<Void, any Error>
        do {
            try await untilInterrupted(command, tool)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await bus.drain(within: .seconds(1))
        try result.get()
    }

    /// What the options say, else the settings that the services read too.
    private static func place(_ options: ToolOptions) async throws -> (RedisURL, String) {
        let given: RedisURL?
        do { given = try options.redis.map { try RedisURL($0) } } catch {
            throw ValidationError("--redis: \(error)")
        }
        if let given, let cell = options.cell { return (given, cell) }
        let settings = try await Settings.load()
        return try settings.read { reader in
            let url = given ?? reader.redis()
            let cell = options.cell ?? reader.busCell()
            return (try reader.require(url), cell)
        }.value
    }

    private static func untilInterrupted(_ command: any BusCommand, _ tool: Tool) async throws {
        let ending = try await Interruption.ending { try await command.perform(with: tool) }
        if ending == .bySignal, !command.isEndless { throw ExitCode(130) }
    }
}
