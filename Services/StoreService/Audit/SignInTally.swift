import Foundation

/// Counts failed sign-ins by address and minute: whatever comes, the audit grows by a bounded number of entries a minute.
/// Pure: time comes in.
struct SignInTally: Sendable {
    /// The failed sign-ins from an address within a minute.
    struct Entry: Sendable, Hashable {
        let address: String
        /// The first one's.
        let requestID: String
        let first: Date
        var last: Date
        var attempts = 1
    }

    private struct Key: Hashable {
        let address: String
        let minute: Int
    }

    /// What stands for the addresses beyond those that are told apart.
    static let otherAddresses = "various"

    private let addressLimit: Int
    private var entries: [Key: Entry] = [:]
    private var changed: Set<Key> = []

    /// `addressLimit`: how many addresses are told apart at a time.
    init(addressLimit: Int = 1000) { self.addressLimit = addressLimit }

    mutating func note(_ address: String, requestID: String, at time: Date) {
        let minute = Self.minute(of: time)
        var key = Key(address: address, minute: minute)
        if entries[key] == nil, entries.count >= addressLimit {
            key = Key(address: Self.otherAddresses, minute: minute)
        }
        changed.insert(key)
        guard entries[key] != nil else {
            entries[key] = Entry(address: key.address, requestID: requestID, first: time, last: time)
            return
        }
        entries[key]?.attempts += 1
        entries[key]?.last = time
    }

    /// What has to be written, again and whole where it has grown.
    var unwritten: [Entry] { changed.compactMap { entries[$0] } }

    /// Notes that these were written, and forgets minutes that are over.
    mutating func wrote(_ written: [Entry], at time: Date) {
        for entry in written {
            let key = Key(address: entry.address, minute: Self.minute(of: entry.first))
            if entries[key] == entry { changed.remove(key) }
        }
        let minute = Self.minute(of: time)
        entries = entries.filter { $0.key.minute >= minute || changed.contains($0.key) }
    }

    private static func minute(of time: Date) -> Int { Int((time.timeIntervalSince1970 / 60).rounded(.down)) }
}
