import Foundation
package import RedisStreams
import Synchronization

/// A real redis-server of the test process' own, with an append-only file under /tmp, reached through a socket there.
///
/// A watchdog shell kills and removes it when this process ends in whatever way. Safe from any task.
package final class TestRedis: Sendable {
    /// Where the server's socket and data are.
    package let directory: String
    private let settings: [String]
    private let wrapper: String
    private let hasUser: Bool

    /// What the bus may do, as README.md says it: the data types it uses, where they are not dangerous, and what logging
    /// in, scripts and waking a blocked read need. Keys come in addition.
    package static let rights = [
        "resetkeys", "resetchannels", "-@all", "+@stream", "+@sortedset", "+@hash", "+@set", "+@string", "+@keyspace",
        "-@dangerous", "+ping", "+time", "+eval", "+evalsha", "+script|load", "+client|id", "+client|setname",
        "+client|unblock", "+client|no-evict", "+info",
    ]

    private init(directory: String, settings: [String], wrapper: String, hasUser: Bool) {
        self.directory = directory
        self.settings = settings
        self.wrapper = wrapper
        self.hasUser = hasUser
    }

    // MARK: - Starting

    private static let shared = Mutex<Result<TestRedis, any Error>?>(nil)

    /// The server all tests of the process share; use a cell of your own on it and never break it. The bus logs in there
    /// as a user with nothing but `rights`.
    package static func sharedServer() async throws -> TestRedis {
        try await onThread {
            try shared.withLock { server in
                if let server { return try server.get() }
                let started = Result { try startNow([], hasUser: true) }
                server = started
                return try started.get()
            }
        }
    }

    /// A server for one test that breaks it; `settings` are further options for redis-server, `wrapper` is shell put
    /// before its command: a limit, variables, a program that runs it.
    package static func start(_ settings: [String] = [], wrapper: String = "") async throws -> TestRedis {
        try await onThread { try startNow(settings, wrapper: wrapper) }
    }

    /// A place where no server listens yet; `startAgain` starts it.
    package static func absent() async throws -> TestRedis {
        try await onThread { try prepare([]) }
    }

    private static func prepare(_ settings: [String], wrapper: String = "", hasUser: Bool = false) throws -> TestRedis {
        let directory = "/tmp/store-platform-redis-\(UUID().uuidString.prefix(8).lowercased())"
        let server = TestRedis(directory: directory, settings: settings, wrapper: wrapper, hasUser: hasUser)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try TestRedisWatchdog.watch(directory: directory)
        return server
    }

    private static func startNow(_ settings: [String], wrapper: String = "", hasUser: Bool = false) throws -> TestRedis
    {
        let server = try prepare(settings, wrapper: wrapper, hasUser: hasUser)
        try server.startServer()
        if hasUser { _ = try server.runCLI(["ACL", "SETUSER", "bus", "on", ">bus"] + rights + ["~nrs:*"]) }
        return server
    }

    private func startServer(wrapped: Bool = true) throws {
        let options = [
            "--daemonize", "yes", "--pidfile", pidFile, "--unixsocket", socket, "--port", "0", "--dir", directory,
            "--logfile", "\(directory)/log", "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--maxmemory-policy", "noeviction", "--stream-node-max-entries", "100",
        ]
        let command = (["/usr/bin/redis-server"] + options + settings).map(Self.quoted).joined(separator: " ")
        try TestShell.run(wrapped ? "\(wrapper) \(command)" : command)
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? runCLI(["PING"])) != "PONG" {
            guard ContinuousClock.now < deadline else {
                throw TestRedisError(description: "redis-server did not start")
            }
            usleep(10_000)
        }
    }

    private var pidFile: String { "\(directory)/redis.pid" }
    private var socket: String { "\(directory)/redis.sock" }

    /// Where to connect to.
    package var url: RedisURL {
        RedisURL(.unix(path: socket), user: hasUser ? "bus" : nil, password: hasUser ? "bus" : nil)
    }

    // MARK: - Using and breaking it

    /// Runs one command with redis-cli and returns what it printed.
    @discardableResult
    package func command(_ parts: String...) async throws -> String { try await command(parts) }

    /// Runs one command with redis-cli and returns what it printed.
    @discardableResult
    package func command(_ parts: [String]) async throws -> String {
        try await Self.onThread { try self.runCLI(parts) }
    }

    /// Ends the server at once, as kill -9 does.
    package func kill() async throws {
        try signal(SIGKILL)
        // Its process may stay as a zombie for a while where init is slow; a server that is gone refuses connections.
        try await eventually("the end of redis-server") {
            do { return try await command("PING").isEmpty } catch { return true }
        }
    }

    /// Starts the server again on the data it left, or on none; `wrapped`: under the same limits as before.
    package func startAgain(empty: Bool = false, wrapped: Bool = true) async throws {
        try await Self.onThread {
            if empty { try FileManager.default.removeItem(atPath: "\(self.directory)/appendonlydir") }
            try self.startServer(wrapped: wrapped)
        }
    }

    /// Ends the server for good. Idempotent; frozen servers end as well.
    package func end() {
        let pid = processID
        if pid > 1 { Glibc.kill(pid, SIGKILL) }
        unlink(pidFile)
    }

    /// Freezes the server: it keeps its sockets open and answers nothing.
    package func freeze() throws { try signal(SIGSTOP) }

    /// Ends a freeze.
    package func thaw() throws { try signal(SIGCONT) }

    /// Ends a limit on the size of its files that `wrapper` set.
    package func liftFileLimit() async throws {
        let pid = processID
        try await Self.onThread { try TestShell.run("/usr/bin/prlimit --pid \(pid) --fsize=unlimited:") }
    }

    /// The server's process; 0 where it was never started.
    package var processID: Int32 {
        let text = (try? String(contentsOfFile: pidFile, encoding: .utf8)) ?? ""
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    private func signal(_ number: Int32) throws {
        let pid = processID
        guard pid > 1, Glibc.kill(pid, number) == 0 else {
            throw TestRedisError(description: "redis-server is not there")
        }
    }

    // MARK: - Processes

    /// Runs a shell command to its end; throws unless it succeeds.
    package static func shell(_ command: String) async throws {
        try await onThread { try TestShell.run(command) }
    }

    /// Runs one command on any server of this machine and returns what redis-cli printed.
    static func command(port: UInt16, _ parts: [String]) async throws -> String {
        try await onThread { try runCLI(["-p", "\(port)"] + parts) }
    }

    private func runCLI(_ parts: [String]) throws -> String { try Self.runCLI(["-s", socket] + parts) }

    private static func runCLI(_ parts: [String]) throws -> String {
        let output = "/tmp/store-platform-answer-\(UUID().uuidString)"
        defer { unlink(output) }
        let command = (["/usr/bin/redis-cli"] + parts).map(quoted).joined(separator: " ")
        try TestShell.run("\(command) > \(output)")
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func quoted(_ part: String) -> String { "'\(part.replacingOccurrences(of: "'", with: "'\\''"))'" }

    /// Waiting for a process blocks, so it is done on a thread of its own.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}

/// A program of the server failed.
package struct TestRedisError: Error, CustomStringConvertible {
    package let description: String
}
