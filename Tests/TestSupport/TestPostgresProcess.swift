import Glibc

/// Programs of the test server, by `posix_spawn`.
///
/// Not `Foundation.Process`: it learns of a child's end by a socket the child inherits, so it waits for ever once the
/// child has left a server behind.
enum TestPostgresProcess {
    /// Runs a shell command to its end, with no input and no output; throws unless it succeeds. Blocks.
    static func run(_ command: String, user: String? = nil) throws {
        let identity = user.map { ["/usr/sbin/runuser", "-u", $0, "--"] } ?? []
        let process = try spawn(identity + ["/bin/sh", "-c", "cd /tmp && \(command)"], input: nil)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw TestPostgresError(command: command) }
        }
        guard status == 0 else { throw TestPostgresError(command: command) }
    }

    /// Starts a shell command in a session of its own and leaves it; its input ends when this process does.
    static func leaveBehind(_ command: String) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw TestPostgresError(command: command)
        }
        _ = try spawn(["/usr/bin/setsid", "/bin/sh", "-c", "cd /tmp && \(command)"], input: ends[0])
        close(ends[0])
        // The other end stays open for as long as this process lives: that is its purpose.
    }

    private static func spawn(_ arguments: [String], input: Int32?) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        for descriptor in [Int32(1), 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var process: pid_t = 0
        let strings = arguments.map { strdup($0) }
        defer { strings.forEach { free($0) } }
        guard let program = arguments.first,
            posix_spawn(&process, program, &actions, nil, strings + [nil], environ) == 0
        else { throw TestPostgresError(command: arguments.joined(separator: " ")) }
        return process
    }
}

/// A program of the server failed.
package struct TestPostgresError: Error, CustomStringConvertible {
    let command: String

    package var description: String { "failed: \(command)" }
}
