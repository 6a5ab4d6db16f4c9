import Glibc

extension ProcessHost {
    /// Runs one task to its end, with settings read as a service reads them: for commands of an operator.
    ///
    /// Exit codes as for `run`; what the task throws that is no `ExitCode` is told in one line.
    package static func perform<Configuration: Sendable>(
        _ command: String,
        configure: (SettingsReader) throws -> Configuration,
        task: (Configuration) async throws -> Void
    ) async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try await orExit(command) { try await Settings.load().read { try configure($0) } }
        try await orExit(command) { try await task(settings.value) }
    }
}
