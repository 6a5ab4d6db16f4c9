/// What `/ready` answers: whether the service can do its work, and why not.
package struct ReadinessReport: Codable, Sendable, Hashable {
    /// `ready` or `unavailable`.
    package let status: String
    /// What the service needs, by name.
    package let dependencies: [DependencyState]

    /// The board as it stands.
    package init(_ board: ReadinessBoard) {
        let states = board.snapshot()
        dependencies = states
        status = states.allSatisfy { $0.status == .up } ? "ready" : "unavailable"
    }

    /// Whether `/ready` answers 200; otherwise 503.
    package var isReady: Bool { status == "ready" }
}
