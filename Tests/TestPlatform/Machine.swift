import Foundation
import Subprocess
import SystemPackage
import Testing

/// The machine the platform runs on: its scripts and its processes.
package enum Machine {
    /// The folder of the project.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs a program to its end and returns what it printed; fails the test when it fails.
    @discardableResult
    package static func run(_ program: String, _ arguments: String...) async throws -> String {
        try await run(program, arguments)
    }

    /// The same, with the arguments as an array.
    @discardableResult
    package static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            output: .string(limit: 512 << 20),
            error: .string(limit: 1 << 20)
        )
        try #require(
            result.terminationStatus.isSuccess,
            "\(program) \(arguments): \(result.standardOutput.suffix(2_000)) \(result.standardError.suffix(2_000))"
        )
        return result.standardOutput
    }

    /// Brings up what is down.
    package static func up() async throws { try await run("\(root)/deploy/up") }

    /// The pid of a process that `deploy/up` started.
    package static func pid(of service: String) throws -> Int32 {
        let text = try String(contentsOfFile: "\(root)/.run/\(service).pid", encoding: .utf8)
        return try #require(text.split(whereSeparator: \.isWhitespace).first.flatMap { Int32($0) })
    }

    /// The settings a running service was started with.
    package static func environment(of service: String) throws -> [String: String] {
        let bytes = try #require(FileManager.default.contents(atPath: "/proc/\(try pid(of: service))/environ"))
        let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "\0").map { line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Sends a signal to a process that `deploy/up` started.
    package static func signal(_ number: Int32, _ service: String) throws {
        #expect(kill(try pid(of: service), number) == 0)
    }
}
