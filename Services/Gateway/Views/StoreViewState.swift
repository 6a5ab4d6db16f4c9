import MessageBus
import StoreContracts
import StoreDomain

/// All stores as the bucket of the view tells of them, change by change. Pure.
struct StoreViewState: Sendable {
    /// What the view knows of a store.
    enum Finding: Sendable {
        case there(ViewedStore)
        /// There is none: only worth something where the view is complete.
        case nowhere
        /// store-service has to be asked.
        case unknown
    }

    private var stores: [StoreID: ViewedStore] = [:]
    private var all = StoreShelf()
    private var owned: [UserID: StoreShelf] = [:]
    /// Values that this version of the platform cannot read, or has no room for: whoever meets one has to ask.
    private var unreadable: Set<StoreID> = []
    private var version: UInt64 = 0
    /// The revision of the mark that no store is missing; nil: some may be.
    private(set) var mark: StreamID?
    /// Every change of the bucket up to here is in the view.
    private(set) var applied = StreamID.zero

    var count: Int { stores.count }

    /// Takes a change in. False: the bucket was lost and filled anew, so the view has to begin anew as well.
    mutating func apply(_ entry: KeyValueEntry) -> Bool {
        applied = max(applied, entry.revision)
        if entry.key == StoreViewBucket.complete {
            let mark = entry.operation == .put ? entry.revision : nil
            defer { self.mark = mark }
            return self.mark == nil || mark == nil
        }
        guard let id = StoreID(entry.key) else { return true }
        unreadable.remove(id)
        guard entry.operation == .put else {
            remove(id)
            return true
        }
        guard let value = StoreViewValue(entry.value, of: id) else {
            remove(id)
            unreadable.insert(id)
            return true
        }
        if let shown = value.shown { put(ViewedStore(item: shown.item, json: shown.json)) } else { remove(id) }
        return true
    }

    /// Everything up to a revision has been told.
    mutating func advance(to revision: StreamID) { applied = max(applied, revision) }

    /// A store, whoever's it is.
    func find(_ id: StoreID) -> Finding {
        guard let store = stores[id] else { return unreadable.contains(id) ? .unknown : .nowhere }
        return store.json.isEmpty ? .unknown : .there(store)
    }

    /// The stores of a page, and one more if there is another page; nil: store-service has to be asked.
    func page(_ query: StoreListQuery) -> [ViewedStore]? {
        guard unreadable.isEmpty else { return nil }
        let page = shelf(query.filter.owner)?.page(query) ?? []
        return page.contains { $0.json.isEmpty } ? nil : page
    }

    /// Grows when anything changes that a list with this filter may show.
    func version(of filter: StoreListFilter) -> UInt64 { shelf(filter.owner)?.version ?? 0 }

    private func shelf(_ owner: UserID?) -> StoreShelf? { owner.map { owned[$0] } ?? all }

    private mutating func put(_ store: ViewedStore) {
        let id = store.item.id
        // It would be in the wrong places.
        if let old = stores[id]?.item, old.owner != store.item.owner || old.createdAt != store.item.createdAt {
            remove(id)
        }
        version += 1
        stores[id] = store
        all.put(store, version: version)
        owned[store.item.owner, default: StoreShelf()].put(store, version: version)
    }

    private mutating func remove(_ id: StoreID) {
        guard let old = stores.removeValue(forKey: id) else { return }
        version += 1
        all.remove(old.item, version: version)
        owned[old.item.owner]?.remove(old.item, version: version)
    }
}
