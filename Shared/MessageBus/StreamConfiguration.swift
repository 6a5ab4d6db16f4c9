/// What a durable stream is.
package struct StreamConfiguration: Hashable, Sendable {
    /// When a stored message may go.
    package enum Retention: Hashable, Sendable {
        /// The newest messages stay, up to this many (approximately, as Redis trims whole nodes), and none older than
        /// the age by the server's clock (looked for once in a heartbeat). What goes may not have been settled, or not
        /// even delivered.
        case limits(maximumMessages: Int, maximumAge: Duration? = nil)
        /// A message stays until every consumer there is has settled it and all before it; without any consumer nothing
        /// is kept. Never trimmed before; looked for once in a heartbeat.
        case interest
        /// A message stays until one consumer acknowledged it; never trimmed before.
        case workQueue
    }

    /// `A-Z a-z 0-9 - _`; part of the keys.
    package let name: String
    /// The subjects it takes.
    package let subjects: SubjectFilter
    /// When messages go.
    package let retention: Retention
    /// How long a message id is remembered; messages without one are not deduplicated.
    package let duplicateWindow: Duration

    /// Declares a stream. `duplicateWindow` is 2 minutes unless told otherwise, as in JetStream.
    package init(
        name: String,
        subjects: SubjectFilter,
        retention: Retention,
        duplicateWindow: Duration = .seconds(120)
    ) {
        self.name = name
        self.subjects = subjects
        self.retention = retention
        self.duplicateWindow = duplicateWindow
    }

    /// The most messages it keeps; nil without such a limit.
    package var maximumMessages: Int? {
        if case .limits(let maximum, _) = retention { maximum } else { nil }
    }
}
