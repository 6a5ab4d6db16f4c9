package import StoreDomain

/// The order of a list of stores; a minus sign means from the last to the first. Stores that are equal by it are in the
/// order of their ids, the same way round.
package enum StoreListSort: String, Hashable, Sendable, Codable, CaseIterable {
    /// Newest first.
    case newestFirst = "-createdAt"
    /// Oldest first.
    case oldestFirst = "createdAt"
    /// By name, byte by byte.
    case name
    /// By name, from the end.
    case nameDescending = "-name"
    /// Those that changed last come first. A store that changes while pages are read moves, and may be seen twice.
    case lastChangedFirst = "-updatedAt"

    /// Whether it goes from the largest to the smallest.
    package var isDescending: Bool {
        switch self {
        case .newestFirst, .nameDescending, .lastChangedFirst: true
        case .oldestFirst, .name: false
        }
    }

    /// Whether one place comes before another. Both are places in this order.
    package func precedes(_ one: StoreListPosition, _ other: StoreListPosition) -> Bool {
        isDescending ? Self.isLess(other, one) : Self.isLess(one, other)
    }

    private static func isLess(_ one: StoreListPosition, _ other: StoreListPosition) -> Bool {
        switch (one.key, other.key) {
        case (.number(let left), .number(let right)) where left != right: left < right
        case (.text(let left), .text(let right)) where left != right: left < right
        default: one.id.description < other.id.description
        }
    }
}

/// A store's place in a list; a page begins after one.
package struct StoreListPosition: Hashable, Sendable {
    /// What a list is sorted by.
    package enum Key: Hashable, Sendable {
        /// Milliseconds since 1970.
        case number(Int64)
        /// A name: ASCII, so that all compare it alike.
        case text(String)
    }

    /// What the list is sorted by.
    package let sort: StoreListSort
    /// The store's value of it.
    package let key: Key
    /// The store.
    package let id: StoreID

    /// The place of a store.
    package init(_ item: StoreListItem, in sort: StoreListSort) {
        self.sort = sort
        id = item.id
        key =
            switch sort {
            case .newestFirst, .oldestFirst: .number(item.createdAt)
            case .lastChangedFirst: .number(item.updatedAt)
            case .name, .nameDescending: .text(item.name)
            }
    }

    /// Reads a cursor. Throws `INVALID_CURSOR` for a text that a list in this order, of these stores, did not give out.
    package init(cursor: String, in sort: StoreListSort, of filter: StoreListFilter) throws {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == sort.rawValue, let id = StoreID(String(parts[2])),
            parts[3] == filter.fingerprint
        else { throw Self.fault }
        self.sort = sort
        self.id = id
        switch sort {
        case .newestFirst, .oldestFirst, .lastChangedFirst:
            guard let number = Int64(parts[1]), Self.times.contains(number) else { throw Self.fault }
            key = .number(number)
        case .name, .nameDescending:
            do { key = .text(try StoreName(String(parts[1])).description) } catch { throw Self.fault }
        }
    }

    /// The place as a text that clients hand back unread, good for a list of these stores in this order only. Nothing in it
    /// needs escaping in a query.
    package func cursor(of filter: StoreListFilter) -> String {
        switch key {
        case .number(let number): "\(sort.rawValue).\(number).\(id).\(filter.fingerprint)"
        case .text(let text): "\(sort.rawValue).\(text).\(id).\(filter.fingerprint)"
        }
    }

    /// The times that RFC 3339 can write: up to the year 9999.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    private static var fault: ServiceFault {
        ServiceFault(.invalidCursor, "This list did not give out that cursor.")
    }
}
