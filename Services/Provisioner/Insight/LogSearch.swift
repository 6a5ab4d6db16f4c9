import StoreContracts

/// Finds the line that a follower had last among those that are read again, and lets pass what comes after it. Pure.
struct LogSearch: Sendable {
    private let target: LogPosition?
    private var place: LogPosition?
    private var isFound: Bool
    /// The line is not in the log any more: what came after it may be lost, too.
    private(set) var isAfterGap = false

    /// Nil: everything is new.
    init(after target: LogPosition?) {
        self.target = target
        isFound = target == nil
    }

    /// Whether the follower has not had it yet. To be asked for every line, in order.
    mutating func isNew(_ at: String?) -> Bool {
        guard !isFound, let target else { return true }
        place = LogPosition.after(PodLogLine(at: at, text: ""), from: place, life: target.life)
        guard let place else { return false }
        if place.at < target.at { return false }
        // Times may run backwards when a node's clock is set; from here on it is the order that counts.
        isFound = place.at > target.at || place.count >= target.count
        isAfterGap = place.at > target.at
        return isAfterGap
    }
}
