package import Glibc
import Synchronization

/// A program that a test started, which has nothing open but what it is given. Safe from any thread; nothing blocks.
///
/// Not `Foundation.Process`: that learns of a child's end by a socket which every child inherits that is started at the
/// same moment, so it takes the one for alive, and waits for it on a thread of the pool, as long as the other lives.
package final class ChildProcess: Sendable {
    /// What it reads and writes.
    package enum Channel: Sendable {
        /// Nothing; what it writes is dropped.
        case null
        /// A descriptor of this process.
        case descriptor(Int32)
        /// A file, which is made, and added to.
        case file(String)
    }

    /// Its process id.
    package let pid: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts it: `command` begins with the program's path. `environment`: all of its variables; nil: this process' own.
    package init(
        _ command: [String],
        environment: [String: String]? = nil,
        input: Channel = .null,
        output: Channel = .null,
        errors: Channel = .null
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        Self.open(input, as: 0, &actions)
        Self.open(output, as: 1, &actions)
        Self.open(errors, as: 2, &actions)
        try Self.closeEverythingElse(&actions)
        let arguments = command.map { strdup($0) }
        let variables = environment.map { $0.map { strdup("\($0)=\($1)") } }
        defer { (arguments + (variables ?? [])).forEach { free($0) } }
        guard let program = command.first else { throw ChildProcessError(description: "no program") }
        var pid: pid_t = 0
        var failure: Int32 = 0
        if let variables {
            failure = posix_spawn(&pid, program, &actions, nil, arguments + [nil], variables + [nil])
        } else {
            failure = posix_spawn(&pid, program, &actions, nil, arguments + [nil], environ)
        }
        guard failure == 0 else { throw ChildProcessError(description: "\(program) does not start: \(failure)") }
        self.pid = pid
    }

    private static func open(_ channel: Channel, as number: Int32, _ actions: inout posix_spawn_file_actions_t) {
        switch channel {
        case .null:
            posix_spawn_file_actions_addopen(&actions, number, "/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0)
        case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        case .file(let path):
            let flags = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, number, path, flags, 0o600)
        }
    }

    /// SwiftNIO's sockets are open in every child: a connection that another test has ended would go on until this child
    /// ends. glibc has the function since 2.34, but shows it to C programs only that ask for GNU's own.
    private static func closeEverythingElse(_ actions: inout posix_spawn_file_actions_t) throws {
        typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let address = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
            throw ChildProcessError(description: "this glibc cannot close what a child is not to have")
        }
        guard unsafeBitCast(address, to: AddCloseFrom.self)(&actions, 3) == 0 else {
            throw ChildProcessError(description: "no memory for what a child is to close")
        }
    }

    // MARK: - Its end

    /// Its exit status as waitpid gives it; nil while it runs.
    package var exitStatus: Int32? {
        status.withLock { known in
            var now: Int32 = 0
            if known == nil, waitpid(pid, &now, WNOHANG) == pid { known = now }
            return known
        }
    }

    /// Whether it runs no more.
    package var hasEnded: Bool { exitStatus != nil }

    /// The signal that ended it; nil while it runs and after an end of its own.
    package var endingSignal: Int32? { exitStatus.flatMap { $0 & 0x7F == 0 ? nil : $0 & 0x7F } }

    /// Sends it a signal if it still runs.
    package func signal(_ number: Int32) { if !hasEnded { Glibc.kill(pid, number) } }

    /// As kill -9 does it, and waits for it. Idempotent.
    package func kill() async throws {
        signal(SIGKILL)
        try await eventually("the end of a child") { hasEnded }
    }
}

/// A program cannot be started.
package struct ChildProcessError: Error, CustomStringConvertible {
    package let description: String
}
