import PlatformCrypto
import StoreDomain

/// Seals every kept value anew under the first of the keys, so that the others can be removed.
///
/// Safe while the platform runs: a value is replaced only where it is still the one that was read. May be broken off and
/// begun again at any time, and by several at once: what is under the first key already is left alone.
struct Resealing: Sendable {
    /// What was done.
    struct Report: Sendable, Hashable {
        /// Values sealed anew.
        var resealed = 0
        /// Values that were another one by the time they were to be replaced, or gone.
        var changedMeanwhile = 0
        /// The stores whose values no key opens, or which belong to another store, and why.
        var unreadable: [StoreID: CryptoError.Code] = [:]
        /// How many values each key has sealed now.
        var byKey: [String: Int] = [:]
    }

    let database: StoreDatabase
    let keys: SealingKeys
    var batchSize = 200

    /// Goes through all values once. Throws what the database throws; what was done until then stays done.
    func run() async throws -> Report {
        var report = Report()
        var last: StoreID?
        while true {
            let position = last
            let batch = try await database.read {
                try await $0.sealedValues(notUnder: keys.currentID, after: position, limit: batchSize)
            }
            for value in batch { try await reseal(value, &report) }
            guard batch.count == batchSize, let end = batch.last else { break }
            last = end.store
        }
        report.byKey = try await database.read { try await $0.sealedCounts() }
        return report
    }

    private func reseal(_ value: SealedValue, _ report: inout Report) async throws {
        let box: String
        do {
            let store = value.store.description
            box = try keys.seal(try keys.open(value.box, associatedData: store), associatedData: store)
        } catch let error as CryptoError where error.code != .libraryFailure {
            report.unreadable[value.store] = error.code
            return
        }
        if try await database.write({ try await $0.replace(value, with: box) }) {
            report.resealed += 1
        } else {
            report.changedMeanwhile += 1
        }
    }
}

extension Resealing.Report {
    /// In lines, for the person who asked.
    func lines(current key: String) -> [String] {
        var lines = ["Sealed anew under \(key): \(resealed). Changed meanwhile: \(changedMeanwhile)."]
        lines += byKey.sorted { $0.key < $1.key }.map { "Under \($0.key) now: \($0.value)." }
        lines += unreadable.sorted { $0.key.description < $1.key.description }.map {
            "Cannot be opened: the value of store \($0.key), \($0.value.rawValue)."
        }
        let others = byKey.keys.filter { $0 != key }.sorted()
        lines.append(
            others.isEmpty
                ? "No other key is needed any more." : "Still needed beside it: \(others.joined(separator: ", "))."
        )
        return lines
    }
}
