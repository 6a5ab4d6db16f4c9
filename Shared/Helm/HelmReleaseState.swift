package import FoundationEssentials
package import ServiceRuntime

/// What a release's newest revision is.
package struct HelmReleaseState: Sendable, Equatable {
    /// Helm's states of a revision, as far as they make a difference.
    package enum Status: Sendable, Equatable {
        /// There is no release.
        case absent
        /// It is what it should be.
        case deployed
        /// The last install, upgrade or rollback failed.
        case failed
        /// A first install is under way, or was when its helm died.
        case pendingInstall
        /// An upgrade is under way, or was when its helm died.
        case pendingUpgrade
        /// A rollback is under way, or was when its helm died.
        case pendingRollback
        /// Removal is under way, or was when its helm died.
        case uninstalling
        /// Removed, but the history was kept.
        case uninstalled
        /// Replaced by a newer revision; as the newest one only after an interruption.
        case superseded
        /// A word this program does not know.
        case unknown(String)
    }

    /// What it is.
    package let status: Status
    /// The newest revision; 0 where there is none.
    package let revision: Int
    /// Since when it is so; nil where Helm does not say.
    package let since: Date?
    /// The labels given at install or upgrade.
    package let labels: [String: String]

    /// No release.
    package static let absent = HelmReleaseState(status: .absent, revision: 0)

    /// Makes a state.
    package init(status: Status, revision: Int, since: Date? = nil, labels: [String: String] = [:]) {
        self.status = status
        self.revision = revision
        self.since = since
        self.labels = labels
    }

    /// Reads `helm status -o json`.
    package init(statusJSON json: JSONValue) {
        self.init(
            status: Status(word: json.at("info.status")?.stringValue ?? ""),
            revision: json["version"]?.intValue ?? 0,
            since: json.at("info.last_deployed")?.stringValue.flatMap(Self.date),
            labels: json["labels"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
        )
    }

    /// Reads the labels of Helm's own Secrets (`owner=helm,name=<release>`), one set for each revision; the newest
    /// counts. Says the same as `helm status`, without starting a process.
    package init(secretLabels revisions: [[String: String]]) {
        let newest = revisions.max { Self.revision($0) < Self.revision($1) }
        guard let newest else {
            self = .absent
            return
        }
        let seconds = (newest["modifiedAt"] ?? newest["createdAt"]).flatMap { Double($0) }
        self.init(
            status: Status(word: newest["status"] ?? ""),
            revision: Self.revision(newest),
            since: seconds.map { Date(timeIntervalSince1970: $0) },
            labels: newest
        )
    }

    private static func revision(_ labels: [String: String]) -> Int {
        labels["version"].flatMap { Int($0) } ?? 0
    }

    /// Helm writes nanoseconds and an offset: `2024-05-01T10:00:00.123456789+02:00`.
    private static func date(_ text: String) -> Date? {
        RFC3339.parse(text)
    }
}

extension HelmReleaseState.Status {
    /// Reads Helm's word for a state.
    package init(word: String) {
        switch word {
        case "deployed": self = .deployed
        case "failed": self = .failed
        case "pending-install": self = .pendingInstall
        case "pending-upgrade": self = .pendingUpgrade
        case "pending-rollback": self = .pendingRollback
        case "uninstalling": self = .uninstalling
        case "uninstalled": self = .uninstalled
        case "superseded": self = .superseded
        default: self = .unknown(word)
        }
    }

    /// Whether an operation is under way, or died on the way.
    package var isPending: Bool {
        switch self {
        case .pendingInstall, .pendingUpgrade, .pendingRollback: true
        default: false
        }
    }
}
