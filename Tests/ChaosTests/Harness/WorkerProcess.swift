import Foundation
import Glibc
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
    private let child: ChildProcess
    private let directory: String
    /// The other end is the worker's standard input.
    private let leash: Int32

    /// `wrapper`: a program that starts it, with its arguments.
    init(_ arguments: [String], wrapper: [String] = []) throws {
        directory = "/tmp/chaos-worker-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw WorkerFailure(description: "no socket for a worker")
        }
        leash = ends[1]
        defer { close(ends[0]) }
        child = try ChildProcess(
            wrapper + [try TestPrograms.path(of: "ChaosWorker")] + arguments,
            input: .descriptor(ends[0]),
            output: .file("\(directory)/out"),
            errors: .file("\(directory)/err")
        )
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
        print(
            "worker \(child.pid), \(exitStatus.map { "ended \($0)" } ?? "running"): \(lines.suffix(30)) \(complaints)"
        )
    }

    // MARK: - Its end

    func signal(_ number: Int32) { child.signal(number) }

    /// As kill -9 does it, and waits for it.
    func kill() async throws { try await child.kill() }

    /// Its exit status as waitpid gives it; nil while it runs.
    var exitStatus: Int32? { child.exitStatus }

    var hasEnded: Bool { child.hasEnded }

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
