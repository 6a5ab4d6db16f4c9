package import MessageBus

/// The platform's durable streams. Whoever appends or consumes declares them first, in these words.
package enum Streams {
    /// Work for provisioners.
    package static let provision = StreamConfiguration(
        name: "PROVISION",
        subjects: SubjectFilter(trusted: "provision.>"),
        retention: .workQueue
    )
    /// Work for namespace-guards.
    package static let guarding = StreamConfiguration(
        name: "GUARD",
        subjects: SubjectFilter(trusted: "guard.>"),
        retention: .workQueue
    )
    /// Facts about stores; kept for replay.
    package static let stores = StreamConfiguration(
        name: "STORES",
        subjects: SubjectFilter(trusted: "stores.>"),
        retention: .limits(maximumMessages: 100_000)
    )

    /// The stream a subject is stored in, by its first token; nil for subjects of the core plane.
    package static func holding(_ subject: Subject) -> StreamConfiguration? {
        [provision, guarding, stores].first { $0.subjects.matches(subject) }
    }
}
