import ArgumentParser
import AsyncHTTPClient
import Console
import Foundation
import ServiceRuntime

/// Carries one command through the process: arguments, session, client, signals, the exit code.
enum CommandHost {
    private static let output = StandardOutputSink()
    private static let errors = StandardOutputSink(descriptor: STDERR_FILENO)

    /// The process' exit code: see `ExitStatus`.
    static func run(_ arguments: [String]) async -> Int32 {
        do {
            let command = try StoreCtlMain.parseAsRoot(arguments)
            if let command = command as? any ControlCommand {
                try await serve(command)
            } else {
                var other = command
                try other.run()
            }
            return ExitStatus.done.rawValue
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        let code = StoreCtlMain.exitCode(for: error)
        if code.isSuccess {
            output.write(Array((StoreCtlMain.fullMessage(for: error) + "\n").utf8))
            return ExitStatus.done.rawValue
        }
        if code == .validationFailure {
            errors.write(Array((StoreCtlMain.fullMessage(for: error) + "\n").utf8))
            return ExitStatus.usage.rawValue
        }
        let failure = ToolFailure.of(error)
        errors.write(Array("storectl: \(failure.line)\n".utf8))
        return failure.status.rawValue
    }

    private static func serve(_ command: any ControlCommand) async throws {
        let environment = ProcessInfo.processInfo.environment
        let client = StoreCtlMain.client(authority: command.options.authority)
        let result: Result<Void, any Error>
        do {
            try await untilInterrupted(command, try tool(command.options, environment, client))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        try result.get()
    }

    private static func tool(
        _ options: ToolOptions,
        _ environment: [String: String],
        _ client: HTTPClient
    ) throws -> ControlTool {
        let file = SessionFile(environment: environment)
        let known = try Session(environment: environment) ?? file.read()
        let session = try options.url.map { Session(url: try Session.normalized($0), key: known?.key ?? "") } ?? known
        return ControlTool(
            connect: { PlatformAPI(session: $0, client: client) },
            session: session.flatMap { $0.key.isEmpty ? nil : $0 },
            sessionFile: file,
            isJSON: options.json,
            write: { output.write(Array($0.utf8)) },
            note: { errors.write(Array($0.utf8)) },
            readSecret: { try await TerminalInput.secret($0) { errors.write(Array($0.utf8)) } },
            readLine: { try await TerminalInput.line($0) { errors.write(Array($0.utf8)) } },
            terminal: isatty(STDERR_FILENO) == 1 ? Terminal.standardOutput : nil
        )
    }

    private static func untilInterrupted(_ command: any ControlCommand, _ tool: ControlTool) async throws {
        let ending = try await Interruption.ending { try await command.perform(with: tool) }
        if ending == .bySignal, !command.isEndless { throw ExitStatus.interrupted.code }
    }
}
