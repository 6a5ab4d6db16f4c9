package import FoundationEssentials

/// What to do about a release that should be there with certain values, by what it is now.
///
/// Asked only by who holds the store's lease, so an operation under way is no other worker's: its worker is dead. It can
/// be a helm that outlived its parent, and gets a few seconds to end.
/// Nothing here uninstalls or rolls back: both would touch what is there, volumes with data above all.
package enum HelmReleaseDecision: Sendable, Equatable {
    /// It is as it should be.
    case nothing
    /// `helm upgrade --install`.
    case upgrade
    /// An orphaned helm may still be at work: look again after this time.
    case wait(Duration)
    /// An operation died: remove Helm's record of it and nothing else, then upgrade again, which takes over the objects
    /// that are there. The revision before it, if any, is what Helm then compares with.
    case forget(revision: Int)

    /// How long an operation may be under way after its worker died; a helm without `--wait` takes a second or two. With
    /// a worker's lease, which has to end first, it is hardly ever waited for.
    package static let orphanGrace: TimeInterval = 8

    /// Decides; `isCurrent` says whether the release has the wanted values and chart. `seen`: how long this worker has
    /// seen the release like this, whatever the clock of the dead one's machine said.
    package init(state: HelmReleaseState, isCurrent: Bool, seen: TimeInterval = 0, now: Date) {
        guard state.status.isPending || state.status == .uninstalling else {
            self = state.status == .deployed && isCurrent ? .nothing : .upgrade
            return
        }
        let age = max(seen, state.since.map { now.timeIntervalSince($0) } ?? .infinity)
        if age < Self.orphanGrace {
            self = .wait(.seconds(max(0.2, min(1, Self.orphanGrace - age))))
        } else {
            self = .forget(revision: state.revision)
        }
    }
}
