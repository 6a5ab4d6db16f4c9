import Foundation

/// When something that keeps a deletion waiting is told again: at once when its explanation changes, and every two
/// minutes while it stays the same. Pure, and the same in every replica and after every restart.
struct HangingNews: Hashable, Sendable {
    /// Silence beyond three minutes would make store-service ask for the deletion again.
    static let interval: TimeInterval = 120

    /// What makes two tellings one, for the fact's id.
    let key: String

    init(reason: String, explanation: String, since: Date, now: Date) {
        let period = Int(max(0, now.timeIntervalSince(since)) / Self.interval)
        key = "\(reason)-\(Self.fingerprint(explanation))-\(period)"
    }

    /// FNV-1a: short, and the same in every process.
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 36)
    }
}
