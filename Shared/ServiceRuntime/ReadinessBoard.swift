package import FoundationEssentials
import Synchronization

/// The state of one thing a service depends on, as `/ready` and the snapshots show it.
package struct DependencyState: Codable, Sendable, Hashable {
    /// Up or down.
    package enum Status: String, Codable, Sendable { case up, down }

    /// `redis`, `postgres`, `kubernetes`, …
    package let name: String
    /// Whether it answered when it was last needed.
    package let status: Status
    /// Why it is down, or something worth knowing while it is up. Shown to operators: no secrets.
    package let detail: String?
    /// When it came to this status.
    package let since: Date

    /// Built by the board; package-wide for tests and decoding.
    package init(name: String, status: Status, detail: String?, since: Date) {
        self.name = name
        self.status = status
        self.detail = detail
        self.since = since
    }
}

/// What a service needs, and whether it has it. Whoever talks to a dependency reports here; `/ready` reads.
package final class ReadinessBoard: Sendable {
    private let states: Mutex<[String: DependencyState]>
    private let now: @Sendable () -> Date

    /// Every dependency begins down, so a service is never ready before each was seen to work.
    package init(dependencies: [String], now: @escaping @Sendable () -> Date = { Date() }) {
        let start = now()
        let initial = dependencies.map {
            ($0, DependencyState(name: $0, status: .down, detail: "not reached yet", since: start))
        }
        self.states = Mutex(Dictionary(initial, uniquingKeysWith: { $1 }))
        self.now = now
    }

    /// Reports a dependency; an unknown name is added. Returns true when its status changed, which is worth a log line.
    @discardableResult
    package func update(_ name: String, _ status: DependencyState.Status, detail: String? = nil) -> Bool {
        let moment = now()
        return states.withLock { states in
            let before = states[name]
            let changed = before?.status != status
            let since = changed ? moment : before?.since ?? moment
            states[name] = DependencyState(name: name, status: status, detail: detail, since: since)
            return changed
        }
    }

    /// All dependencies by name.
    package func snapshot() -> [DependencyState] {
        states.withLock { $0.values.sorted { $0.name < $1.name } }
    }

    /// True when every dependency is up.
    package var isReady: Bool { states.withLock { $0.values.allSatisfy { $0.status == .up } } }
}
