package import StoreDomain

/// What the bucket of the view holds of one store: `<revision> <line>\n<store as JSON>`.
///
/// The line has what lists look at, tab by tab: a gateway that had to decode every store's JSON would need seconds to
/// start, and a good part of its time while many stores change. Without a line the store is gone; without JSON it is too
/// large for the bucket, and has to be asked for.
package struct StoreViewValue: Hashable, Sendable {
    /// A store that is there.
    package struct Shown: Hashable, Sendable {
        /// What lists look at.
        package let item: StoreListItem
        /// The store as the API shows it; empty: ask store-service.
        package let json: [UInt8]

        /// Puts both together.
        package init(item: StoreListItem, json: [UInt8]) {
            self.item = item
            self.json = json
        }
    }

    /// Later than any revision of a store that is there: an id never comes back.
    package static let lastRevision: Int64 = (1 << 53) - 1

    /// Grows with every change of the store.
    package let revision: Int64
    /// Nil: the store is gone.
    package let shown: Shown?

    /// A store at a revision; nil: gone.
    package init(revision: Int64, shown: Shown?) {
        self.revision = revision
        self.shown = shown
    }

    /// What is put into the bucket. The JSON is left out where it does not fit.
    package var bytes: [UInt8] {
        guard let shown else { return Array("\(revision) ".utf8) }
        let item = shown.item
        // No name holds a control character; what would break the line could come from elsewhere one day.
        let text = item.searchText.utf8.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: " ") : $0 }
        let names = text.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let head = """
            \(revision) \(item.owner)\t\(item.status.rawValue)\t\(item.engine.rawValue)\t\(item.plan.rawValue)\t\
            \(item.region)\t\(item.isDegraded ? 1 : 0)\t\(item.createdAt)\t\(item.updatedAt)\t\(item.name)\t
            """
        var bytes = Array(head.utf8)
        if names.count > 1 { bytes += names[1].map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 } }
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count + shown.json.count <= StoreViewBucket.maximumValueSize { bytes += shown.json }
        return bytes
    }

    /// Reads a value; nil for one that a newer version of the platform may have written.
    package init?(_ bytes: [UInt8], of id: StoreID) {
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")),
            let revision = Int64(String(decoding: bytes[..<space], as: UTF8.self))
        else { return nil }
        self.revision = revision
        let rest = bytes[(space + 1)...]
        guard !rest.isEmpty else {
            shown = nil
            return
        }
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")),
            let item = StoreListItem(line: String(decoding: rest[..<end], as: UTF8.self), of: id)
        else { return nil }
        shown = Shown(item: item, json: Array(rest[(end + 1)...]))
    }
}

extension StoreListItem {
    fileprivate init?(line: String, of id: StoreID) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 10, let owner = UserID(parts[0]), let status = StoreStatus(rawValue: parts[1]),
            let engine = Engine(rawValue: parts[2]), let plan = Plan(rawValue: parts[3]),
            let region = Region(parts[4]), let createdAt = Int64(parts[6]), let updatedAt = Int64(parts[7])
        else { return nil }
        self.init(
            id: id,
            owner: owner,
            name: parts[8],
            status: status,
            engine: engine,
            plan: plan,
            region: region,
            isDegraded: parts[5] == "1",
            createdAt: createdAt,
            updatedAt: updatedAt,
            searchText: "\(parts[8])\n\(parts[9])"
        )
    }
}
