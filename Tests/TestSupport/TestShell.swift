import Glibc

/// Shell commands that set test servers up and end them.
enum TestShell {
    /// Runs a shell command to its end, with no input and no output; throws unless it succeeds. Blocks.
    static func run(_ command: String, user: String? = nil) throws {
        let identity = user.map { ["/usr/sbin/runuser", "-u", $0, "--"] } ?? []
        let child = try ChildProcess(identity + ["/bin/sh", "-c", "cd /tmp && \(command)"])
        var status: Int32 = 0
        while waitpid(child.pid, &status, 0) < 0 {
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
        defer { close(ends[0]) }
        _ = try ChildProcess(
            ["/usr/bin/setsid", "/bin/sh", "-c", "cd /tmp && \(command)"],
            input: .descriptor(ends[0])
        )
        // The other end stays open for as long as this process lives: that is its purpose.
    }
}

/// A program of the server failed.
package struct TestPostgresError: Error, CustomStringConvertible {
    let command: String

    package var description: String { "failed: \(command)" }
}
