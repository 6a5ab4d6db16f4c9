import HTTPServer
import Logging
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import Synchronization

/// Listens to the other services' snapshots and keeps the board that `/ready` shows.
final class ReadinessWatch: Service {
    private let bus: any MessageBus
    private let board: ReadinessBoard
    private let logger: Logger
    private let rule = Mutex(ReadinessRule())

    init(bus: any MessageBus, board: ReadinessBoard, logger: Logger) {
        self.bus = bus
        self.board = board
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.listen() }
                group.addTask { await self.judgeRegularly() }
            }
        }
    }

    /// The state now, judged anew.
    func report() -> HealthReport {
        judge()
        return HealthReport(checks: board.snapshot())
    }

    private func listen() async {
        await Perseverance(message: "Listening to snapshots was interrupted", logger: logger).run {
            for try await message in try await bus.subscribe(to: Subjects.Metrics.snapshots, queueGroup: nil) {
                take(message)
            }
        }
    }

    /// So that `since` is right even while nobody asks.
    private func judgeRegularly() async {
        while !Task.isCancelled {
            let isConnected = await bus.isConnected()
            update(.init(name: "redis", status: isConnected ? .up : .down, detail: isConnected ? nil : "not connected"))
            judge()
            do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
        }
    }

    private func judge() {
        for check in rule.withLock({ $0.checks(at: .now) }) { update(check) }
    }

    private func update(_ check: ReadinessRule.Check) {
        guard board.update(check.name, check.status, detail: check.detail) else { return }
        let metadata: Logger.Metadata = ["dependency": "\(check.name)", "detail": "\(check.detail ?? "")"]
        switch check.status {
        case .up: logger.notice("Dependency is up", metadata: metadata)
        case .down: logger.warning("Dependency is down", metadata: metadata)
        }
    }

    private func take(_ message: BusMessage) {
        // Questions to the collector travel under the same first token.
        guard message.subject != Subjects.Metrics.query else { return }
        do {
            let snapshot: ServiceSnapshot = try Contract.body(of: message)
            rule.withLock { $0.note(snapshot, at: .now) }
        } catch {
            logger.debug("Snapshot not understood", metadata: ["bus.subject": "\(message.subject)"])
        }
    }
}
