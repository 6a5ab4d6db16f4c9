/// What a durable stream is.
package struct StreamConfiguration: Hashable, Sendable {
    /// When a stored message may go.
    package enum Retention: Hashable, Sendable {
        /// The newest messages stay, up to this many (approximately, as Redis trims whole nodes).
        case limits(maximumMessages: Int)
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
}
