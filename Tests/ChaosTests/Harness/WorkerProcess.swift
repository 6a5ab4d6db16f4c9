import Foundation
import Glibc
import Synchronization
import TestSupport

/// A line the worker printed; see `WorkerLine` in ChaosWorker.
struct WorkerRecord: Codable, Sendable {
    let event: String
    var instance: String?
    var body: String?
    var id: String?
    var deliveries: Int?
    var value: Double?
}

/// A process of ChaosWorker, which ends with the test process at the latest.
final class WorkerProcess: Sendable {
    let pid: pid_t
    private let directory: String
    /// The other end is the worker's standard input.
    private let leash: Int32
    private let status = Mutex<Int32?>(nil)

    /// `wrapper`: a program that starts it, with its arguments.
    init(_ arguments: [String], wrapper: [String] = []) throws {
        directory = "/tmp/chaos-worker-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw WorkerFailure(description: "no socket for a worker")
        }
        leash = ends[1]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, "\(directory)/out", flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(directory)/err", flags, 0o600)
        try Self.closeEverythingElse(&actions)
        let command = wrapper + [try TestPrograms.path(of: "ChaosWorker")] + arguments
        let strings = command.map { strdup($0) }
        defer { strings.forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, command[0], &actions, nil, strings + [nil], environ)
        close(ends[0])
        self.pid = pid
        guard failure == 0 else { throw WorkerFailure(description: "the worker does not start: \(failure)") }
    }

    /// SwiftNIO's sockets are open in every child: a connection that another test has ended would go on until this worker
    /// ends. glibc has the function since 2.34, but shows it to C programs only that ask for GNU's own.
    private static func closeEverythingElse(_ actions: inout posix_spawn_file_actions_t) throws {
        typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let address = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
            throw WorkerFailure(description: "this glibc cannot close what a worker is not to have")
        }
        guard unsafeBitCast(address, to: AddCloseFrom.self)(&actions, 3) == 0 else {
            throw WorkerFailure(description: "no memory for what a worker is to close")
        }
    }

    // MARK: - What it says

    var lines: [WorkerRecord] {
        let text = (try? String(contentsOfFile: "\(directory)/out", encoding: .utf8)) ?? ""
        // The last line may not be whole yet.
        return text.split(separator: "\n").compactMap { line in
            try? JSONDecoder().decode(WorkerRecord.self, from: Data(line.utf8))
        }
    }

    func lines(_ event: String) -> [WorkerRecord] { lines.filter { $0.event == event } }

    /// Waits for so many lines of a kind; says what the worker complained of when they do not come.
    @discardableResult
    func wait(for event: String, count: Int = 1, within limit: Duration = .seconds(20)) async throws -> [WorkerRecord] {
        var found: [WorkerRecord] = []
        do {
            try await eventually("\(event) of a worker", within: limit) {
                found = lines(event)
                return found.count >= count
            }
        } catch {
            throw WorkerFailure(description: "\(error): \(complaints)")
        }
        // What was seen: a second look may find the file unreadable for a moment, and the callers take from the first on.
        return found
    }

    private var complaints: String {
        String(((try? String(contentsOfFile: "\(directory)/err", encoding: .utf8)) ?? "").suffix(2_000))
    }

    /// For whoever has to find out why a test failed.
    func show() {
        print("worker \(pid), \(exitStatus.map { "ended \($0)" } ?? "running"): \(lines.suffix(30)) \(complaints)")
    }

    // MARK: - Its end

    func signal(_ number: Int32) { if !hasEnded { Glibc.kill(pid, number) } }

    /// As kill -9 does it, and waits for it.
    func kill() async throws {
        signal(SIGKILL)
        try await eventually("the end of a worker") { hasEnded }
    }

    /// Its exit status as waitpid gives it; nil while it runs.
    var exitStatus: Int32? {
        status.withLock { known in
            var now: Int32 = 0
            if known == nil, waitpid(pid, &now, WNOHANG) == pid { known = now }
            return known
        }
    }

    var hasEnded: Bool { exitStatus != nil }

    /// Ends it, if it still runs, and removes what it left.
    func end() async {
        // A worker that does not even die of SIGKILL is the kernel's.
        do { try await kill() } catch {}
        close(leash)
        do { try FileManager.default.removeItem(atPath: directory) } catch {}
    }
}

/// The worker could not do what a test needs.
struct WorkerFailure: Error, CustomStringConvertible {
    let description: String
}
