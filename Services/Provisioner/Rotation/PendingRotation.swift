import StoreDomain

/// The passwords of a rotation that is under way, as its own Secret holds them beside those in use.
///
/// Whatever becomes of the worker, the password that holds is either here or among the store's own.
struct PendingRotation: Sendable, Equatable, CustomStringConvertible {
    /// The database's next user, and the one it takes the place of.
    struct Database: Sendable, Equatable {
        let user: String
        let password: String
        let formerUser: String
        let formerPassword: String
    }

    /// The operation that asked for it.
    let id: OperationID
    /// For the admin.
    let adminPassword: String
    /// Nil: only the admin's password is changed.
    let database: Database?
    /// Why it is being undone; nil while it goes forward. Kept with the Secret: another worker must not go forward again.
    var failure: RotationFailure?

    /// The name of its Secret: another one for each rotation, so that no pod ever sees that of an earlier one, and a pod
    /// of a rotation that has ended does not start.
    var secretName: String { Self.secretName(of: id) }

    static func secretName(of id: OperationID) -> String { "\(ClusterNames.rotation)-\(suffix(of: id))" }

    /// Short enough for the names of pods; of ids made at one place no two end alike.
    static func suffix(of id: OperationID) -> String { String(id.description.lowercased().suffix(12)) }

    /// Nothing secret.
    var description: String { "rotation \(id)" }
}
