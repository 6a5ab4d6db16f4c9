import StoreDomain

/// A page of stores as it is asked for: which, in what order, from where on, how many. Pure.
package struct StoreListQuery: Hashable, Sendable {
    /// How many a page may have.
    package static let limits = 1...100

    /// Which.
    package var filter: StoreListFilter
    /// In what order.
    package let sort: StoreListSort
    /// After which; nil: from the first.
    package let after: StoreListPosition?
    /// At most so many.
    package let limit: Int

    /// What a request asks for, within what its caller may see. Throws `INVALID_CURSOR`.
    package init(_ request: ListStores) throws {
        filter = StoreListFilter(
            owner: request.caller.role == .admin ? request.owner : request.caller.userID,
            status: request.status,
            engine: request.engine,
            plan: request.plan,
            region: request.region,
            isDegraded: request.degraded,
            text: request.query
        )
        sort = request.sort ?? .newestFirst
        let (sort, filter) = (sort, filter)
        after = try request.cursor.map { try StoreListPosition(cursor: $0, in: sort, of: filter) }
        limit = min(max(Self.limits.lowerBound, request.limit), Self.limits.upperBound)
    }

    /// Where the page after this item begins.
    package func cursor(after item: StoreListItem) -> String { StoreListPosition(item, in: sort).cursor(of: filter) }

    /// Whether a store is on this page or a later one.
    package func holds(_ item: StoreListItem) -> Bool {
        guard filter.matches(item) else { return false }
        return after.map { sort.precedes($0, StoreListPosition(item, in: sort)) } ?? true
    }
}
