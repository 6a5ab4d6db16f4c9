import Foundation
package import PostgresClient
import Synchronization

/// A real PostgreSQL 15 of the test process' own: a fresh cluster under /tmp, reached through a socket there.
///
/// A shell left behind stops and removes it when this process has ended, in whatever way: it waits for the end of its
/// input, whose other end only this process has. Safe from any task; `start` and the verbs that stop or start block for
/// about a second.
package final class TestPostgres: Sendable {
    /// Where the server's socket and data are.
    let directory: String
    private let databases = Mutex(0)

    private static let binaries = "/usr/lib/postgresql/15/bin"
    private static let port = 5432

    /// Whether this machine has the server's programs.
    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "\(binaries)/initdb") }

    private init(directory: String) { self.directory = directory }

    // MARK: - Starting

    private static let shared = Mutex<Result<TestPostgres, any Error>?>(nil)

    /// The server all tests of the process share; started by the first. Never stop it: start a server of your own
    /// instead.
    package static func sharedServer() async throws -> TestPostgres {
        try await onThread {
            try shared.withLock { server in
                if let server { return try server.get() }
                let started = Result { try startNow() }
                server = started
                return try started.get()
            }
        }
    }

    /// A server for one test that stops, restarts or breaks it.
    package static func start() async throws -> TestPostgres { try await onThread { try startNow() } }

    private static func startNow() throws -> TestPostgres {
        let directory = "/tmp/store-platform-postgres-\(UUID().uuidString.prefix(8).lowercased())"
        let server = TestPostgres(directory: directory)
        try TestShell.run("install -d -o postgres -g postgres -m 0755 \(directory)")
        let stop = "runuser -u postgres -- \(binaries)/pg_ctl -D \(directory)/data -w -m immediate stop"
        try TestShell.leaveBehind("cat; \(stop); rm -rf \(directory)")
        try asPostgres("\(binaries)/initdb -D \(directory)/data -A trust -E UTF8 --locale=C.UTF-8 --no-sync")
        try server.startServer()
        return server
    }

    private func startServer() throws {
        let settings = [
            "listen_addresses=''", "unix_socket_directories=\(directory)", "port=\(Self.port)", "fsync=off",
            "max_connections=200", "shared_buffers=32MB",
        ]
        let options = settings.map { "-c \($0)" }.joined(separator: " ")
        let command = "\(Self.binaries)/pg_ctl -D \(directory)/data -l \(directory)/log -w -t 60"
        try Self.asPostgres("\(command) -o \"\(options)\" start")
    }

    // MARK: - Breaking it

    /// Ends the server at once, as a crash would.
    package func stop() async throws {
        try await Self.onThread { [directory] in
            try Self.asPostgres("\(Self.binaries)/pg_ctl -D \(directory)/data -w -m immediate stop")
        }
    }

    /// Starts the server again after `stop`.
    package func startAgain() async throws { try await Self.onThread { try self.startServer() } }

    // MARK: - Databases

    /// A new, empty database: what a client needs to connect to it.
    package func makeDatabase(poolSize: Int = 8) async throws -> PostgresConfiguration {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        let name = "test_\(number)"
        try await Self.onThread { [directory] in
            let options = "-h \(directory) -p \(Self.port)"
            try Self.asPostgres("\(Self.binaries)/createdb \(options) \(name)")
        }
        return PostgresConfiguration(url: url(database: name), poolSize: poolSize)
    }

    /// The address of a database on this server.
    package func url(database: String) -> String {
        "postgresql:///\(database)?host=\(directory)&port=\(Self.port)&user=postgres"
    }

    // MARK: - Processes

    private static func asPostgres(_ command: String) throws {
        try TestShell.run(command, user: "postgres")
    }

    /// Waiting for a process blocks, so it is done on a thread of its own.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
