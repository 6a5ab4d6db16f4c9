package import FoundationEssentials

/// What to do about a release that should be there with certain values, by what it is now.
///
/// Asked only by who holds the store's lease, so an operation under way is no other worker's; it can be a helm that
/// outlived its killed parent, and gets a few seconds to end.
package enum HelmReleaseDecision: Sendable, Equatable {
    /// It is as it should be.
    case nothing
    /// `helm upgrade --install`.
    case upgrade
    /// An orphaned helm may still be at work: look again after this time.
    case wait(Duration)
    /// A first install died: remove Helm's record of it (nothing else, volumes and their data stay), then install
    /// again, which takes over the objects that are there.
    case forget(revision: Int)
    /// An upgrade died: go back to this revision, then upgrade again.
    case rollback(to: Int)
    /// A removal died: finish it first.
    case uninstall

    /// How long an operation may be under way after its parent died. A helm without `--wait` takes a second or two.
    package static let orphanGrace: TimeInterval = 15

    /// Decides; `isCurrent` says whether the release has the wanted values and chart.
    package init(state: HelmReleaseState, isCurrent: Bool, now: Date) {
        let age = state.since.map { now.timeIntervalSince($0) } ?? .infinity
        if state.status.isPending || state.status == .uninstalling, age < Self.orphanGrace {
            self = .wait(.seconds(max(0.2, min(1, Self.orphanGrace - age))))
            return
        }
        switch state.status {
        case .deployed: self = isCurrent ? .nothing : .upgrade
        case .absent, .failed, .superseded, .uninstalled, .unknown: self = .upgrade
        case .pendingInstall: self = .forget(revision: state.revision)
        case .pendingUpgrade, .pendingRollback:
            self = state.revision > 1 ? .rollback(to: state.revision - 1) : .forget(revision: state.revision)
        case .uninstalling: self = .uninstall
        }
    }
}
