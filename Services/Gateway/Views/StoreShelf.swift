import StoreContracts
import StoreDomain

/// A store as the view has it: all that an answer needs is made once, when it changes.
final class ViewedStore: Sendable {
    let item: StoreListItem
    /// As the API shows it; empty: store-service has to be asked.
    let json: [UInt8]
    let tag: String

    init(item: StoreListItem, json: [UInt8]) {
        self.item = item
        self.json = json
        tag = EntityTag.make(of: json)
    }
}

/// Stores in the order they were made in, the oldest first: new ones come at the end. Pure.
struct StoreShelf: Sendable {
    private(set) var stores: [ViewedStore] = []
    /// Grows with every change of it.
    private(set) var version: UInt64 = 0

    /// Puts a store in its place, or in place of what it was.
    mutating func put(_ store: ViewedStore, version: UInt64) {
        self.version = version
        let index = index(of: store.item)
        if index < stores.count, stores[index].item.id == store.item.id {
            stores[index] = store
        } else {
            stores.insert(store, at: index)
        }
    }

    /// Takes a store out.
    mutating func remove(_ item: StoreListItem, version: UInt64) {
        self.version = version
        let index = index(of: item)
        if index < stores.count, stores[index].item.id == item.id { stores.remove(at: index) }
    }

    /// The stores of a page, and one more if there is another page.
    func page(_ query: StoreListQuery) -> [ViewedStore] {
        switch query.sort {
        case .newestFirst: take(query, stores[..<end(before: query.after)].reversed())
        case .oldestFirst: take(query, stores[start(after: query.after)...])
        case .name, .nameDescending, .lastChangedFirst: first(query)
        }
    }

    private func take(_ query: StoreListQuery, _ stores: some Sequence<ViewedStore>) -> [ViewedStore] {
        if query.filter.takesAllOfOwner { return Array(stores.prefix(query.limit + 1)) }
        return Array(stores.lazy.filter { query.filter.matches($0.item) }.prefix(query.limit + 1))
    }

    /// In an order that the shelf does not have: one look at each, keeping the best.
    private func first(_ query: StoreListQuery) -> [ViewedStore] {
        var best: [(place: StoreListPosition, store: ViewedStore)] = []
        for store in stores where query.filter.matches(store.item) {
            let place = StoreListPosition(store.item, in: query.sort)
            if let after = query.after, !query.sort.precedes(after, place) { continue }
            if best.count > query.limit {
                guard let last = best.last, query.sort.precedes(place, last.place) else { continue }
                best.removeLast()
            }
            best.insert((place, store), at: best.prefixCount { query.sort.precedes($0.place, place) })
        }
        return best.map(\.store)
    }

    private func index(of item: StoreListItem) -> Int { stores.prefixCount { Self.isOlder($0.item, item) } }

    /// Where those end that come after a position, from the newest to the oldest.
    private func end(before position: StoreListPosition?) -> Int {
        guard let position else { return stores.count }
        return stores.prefixCount { position.sort.precedes(position, StoreListPosition($0.item, in: position.sort)) }
    }

    /// Where those begin that come after a position, from the oldest to the newest.
    private func start(after position: StoreListPosition?) -> Int {
        guard let position else { return 0 }
        return stores.prefixCount { !position.sort.precedes(position, StoreListPosition($0.item, in: position.sort)) }
    }

    private static func isOlder(_ one: StoreListItem, _ other: StoreListItem) -> Bool {
        (one.createdAt, one.id.description) < (other.createdAt, other.id.description)
    }
}

extension Array {
    /// How many elements at the beginning fulfil a condition that none after them does.
    fileprivate func prefixCount(where condition: (Element) -> Bool) -> Int {
        var range = startIndex..<endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = condition(self[middle]) ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}
