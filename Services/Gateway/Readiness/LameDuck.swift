import ServiceLifecycle
import ServiceRuntime

/// Makes `/ready` say no as soon as the process is asked to stop, and gives load balancers time to notice before the
/// listener, which stops next, refuses connections.
struct LameDuck: Service {
    let board: ReadinessBoard
    let delay: Duration

    func run() async throws {
        // Cancellation ends the wait as well; then there is nothing left to announce.
        do { try await gracefulShutdown() } catch { return }
        board.update("gateway", .down, detail: "shutting down")
        do { try await Task.sleep(for: delay) } catch {}
    }
}
