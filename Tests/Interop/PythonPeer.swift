import Foundation
import RedisStreams
import Subprocess
import Synchronization
import SystemPackage
import TestSupport

/// A Python process on the bus, which does what it is told; see `python/peer.py`. Safe from any task.
final class PythonPeer: Sendable {
    private struct State {
        var lastID = 0
        var callers: [Int: CheckedContinuation<PeerWord, any Error>] = [:]
        var events: [PeerWord] = []
        var hasEnded = false
    }

    private static let python = "/usr/bin/python3"
    private let state = Mutex(State())
    private let write: @Sendable (String) async throws -> Void
    private let end: @Sendable () throws -> Void

    private init(write: @escaping @Sendable (String) async throws -> Void, end: @escaping @Sendable () throws -> Void) {
        self.write = write
        self.end = end
    }

    /// Starts a peer, hands it to `body` once it is on the bus, and lets it drain; kills it where `body` throws.
    static func with(
        _ configuration: RedisBusConfiguration,
        _ body: (PythonPeer) async throws -> Void
    ) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "python/peer.py").path
        let arguments = [script, try settings(configuration)]
        let result = try await Subprocess.run(
            .path(FilePath(python)),
            arguments: Arguments(arguments),
            input: .inputWriter,
            output: .sequence,
            error: .string(limit: 1 << 20)
        ) { execution in
            let input = execution.standardInputWriter
            let peer = PythonPeer {
                _ = try await input.write($0)
            } end: {
                try execution.send(signal: .kill)
            }
            let lines = execution.standardOutput.strings(bufferingPolicy: .unbounded)
            let reading = Task {
                defer { peer.close() }
                for try await line in lines { try peer.take(line) }
            }
            do {
                try await peer.ready()
                try await body(peer)
                try await input.finish()
            } catch {
                try? peer.kill()  // it may have ended by itself, which is what the error is about
                throw error
            }
            try await reading.value
        }
        let complaint = result.standardError
        if !complaint.isEmpty { throw PeerError(code: "stderr", message: complaint) }
    }

    private static func settings(_ configuration: RedisBusConfiguration) throws -> String {
        guard case .unix(let path) = configuration.url.address else {
            throw PeerError(code: "settings", message: "the test server listens on a unix socket")
        }
        struct Settings: Encodable {
            let cell: String
            let heartbeat: Double
            let presence: Double
            let unix_socket_path: String
            let username: String?
            let password: String?
        }
        let settings = Settings(
            cell: configuration.cell,
            heartbeat: configuration.heartbeat / .seconds(1),
            presence: configuration.presence / .seconds(1),
            unix_socket_path: path,
            username: configuration.url.user,
            password: configuration.url.password
        )
        return String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    }

    private func ready() async throws {
        try await eventually("the Python peer on the bus") {
            let (events, hasEnded) = state.withLock { ($0.events, $0.hasEnded) }
            if let failure = events.first(where: { $0.event == "failed" }) {
                throw PeerError(code: "python", message: failure.message ?? "")
            }
            if hasEnded { throw PeerError(code: "python", message: "\(Self.python) peer.py ended at once") }
            return events.contains { $0.event == "ready" }
        }
    }

    // MARK: - What it says

    private func take(_ line: String) throws {
        let word = try JSONDecoder().decode(PeerWord.self, from: Data(line.utf8))
        let caller = state.withLock { state -> CheckedContinuation<PeerWord, any Error>? in
            guard let id = word.id else {
                state.events.append(word)
                return nil
            }
            return state.callers.removeValue(forKey: id)
        }
        if let code = word.error {
            caller?.resume(throwing: PeerError(code: code, message: word.message ?? ""))
        } else {
            caller?.resume(returning: word)
        }
    }

    private func close() {
        let callers = state.withLock { state in
            state.hasEnded = true
            defer { state.callers.removeAll() }
            return state.callers.values
        }
        for caller in callers { caller.resume(throwing: PeerError(code: "ended", message: "the peer ended")) }
    }

    /// Its instance on the bus.
    var instance: String { state.withLock { $0.events.first { $0.event == "ready" }?.name ?? "" } }

    /// What it told of a subscription, responder or consumer so far.
    func events(_ name: String) -> [PeerWord] { state.withLock { $0.events.filter { $0.name == name } } }

    /// Waits until it has told so much of one of them; the first of it.
    func first(_ count: Int, of name: String) async throws -> [PeerWord] {
        try await eventually("\(count) events of \(name) in Python") { events(name).count >= count }
        return Array(events(name).prefix(count))
    }

    // MARK: - What it is told

    /// Lets it do something; throws `PeerError` with the code of its error.
    @discardableResult
    func run(_ command: PeerCommand) async throws -> PeerWord {
        var command = command
        command.id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let line = try command.line()
        let id = command.id
        return try await withCheckedThrowingContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.callers[id] = continuation }
                return state.hasEnded
            }
            guard !hasEnded else {
                return continuation.resume(throwing: PeerError(code: "ended", message: "the peer ended"))
            }
            Task {
                do { try await write(line) } catch {
                    let caller = state.withLock { $0.callers.removeValue(forKey: id) }
                    caller?.resume(throwing: error)
                }
            }
        }
    }

    /// The code of the error a command ends with; nil when it succeeds.
    func refusal(of command: PeerCommand) async throws -> String? {
        do {
            try await run(command)
            return nil
        } catch let error as PeerError {
            return error.code
        }
    }

    /// Ends the process at once, as kill -9 does.
    func kill() throws { try end() }
}
