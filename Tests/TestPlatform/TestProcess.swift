import Foundation
import Testing

/// A service's process beside those that `deploy/up` started: the same program, with settings of the test's own.
package final class TestProcess {
    private let process = Process()

    /// Starts it. It logs to `.run/log/<name>.log`, added to what is there.
    /// `environment`: what its settings go over; the running service's own where it is nil.
    package init(
        _ service: String,
        as name: String,
        settings: [String: String],
        environment: [String: String]? = nil
    ) throws {
        process.executableURL = URL(filePath: "\(Self.folder)/\(service)")
        let base = try environment ?? Machine.environment(of: service)
        process.environment = base.merging(settings) { _, own in own }
        let log = "\(Machine.root)/.run/log/\(name).log"
        if !FileManager.default.fileExists(atPath: log) {
            try #require(FileManager.default.createFile(atPath: log, contents: nil))
        }
        let handle = try #require(FileHandle(forWritingAtPath: log))
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    /// Where the programs are: `SERVICE_BINARIES`, or what `deploy/up` runs.
    private static var folder: String {
        ProcessInfo.processInfo.environment["SERVICE_BINARIES"] ?? "\(Machine.root)/.run/bin"
    }

    /// Its process id.
    package var pid: Int32 { process.processIdentifier }

    /// Whether it still runs.
    package var isRunning: Bool { process.isRunning }

    /// Whether it was ended by a signal, and by which; nil while it runs or after an ordinary end.
    package var endingSignal: Int32? {
        guard !process.isRunning, process.terminationReason == .uncaughtSignal else { return nil }
        return process.terminationStatus
    }

    /// Ends it at once, as a machine that goes away would.
    package func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it in good order.
    package func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}
