import Logging
import ServiceRuntime
import Synchronization
import Testing

@Suite struct DependencyProbeTests {
    private let board = ReadinessBoard(dependencies: ["redis", "postgres"])
    private let isUp = Switch()

    private final class Switch: Sendable {
        private let state = Mutex(true)
        var value: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    private func probe(limit: Duration = .seconds(5), hang: Bool = false) -> DependencyProbe {
        let isUp = isUp
        return DependencyProbe(
            board: board,
            limit: limit,
            logger: Logger(label: "test"),
            checks: [
                (
                    "redis",
                    {
                        guard isUp.value else { throw DependencyProbe.Unreachable("connection refused") }
                        return "7.0.15"
                    }
                ),
                (
                    "postgres",
                    {
                        if hang { try await Task.sleep(for: .seconds(60)) }
                        return nil
                    }
                ),
            ]
        )
    }

    @Test func `what answers is up, what throws is down with its reason`() async {
        await probe().probe()
        #expect(board.isReady)
        #expect(board.snapshot().first { $0.name == "redis" }?.detail == "7.0.15")

        isUp.value = false
        await probe().probe()
        #expect(!board.isReady)
        #expect(board.snapshot().first { $0.name == "redis" }?.detail == "connection refused")
        #expect(board.snapshot().first { $0.name == "postgres" }?.status == .up)
    }

    @Test func `what does not answer in time is down`() async {
        await probe(limit: .milliseconds(20), hang: true).probe()

        let postgres = board.snapshot().first { $0.name == "postgres" }
        #expect(postgres?.status == .down)
        #expect(postgres?.detail?.hasPrefix("no answer within") == true)
    }
}
