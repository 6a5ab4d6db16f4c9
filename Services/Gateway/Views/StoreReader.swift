import ServiceRuntime
import StoreContracts
import StoreDomain

/// Reads stores: from the view where that is current, else from store-service. The same answer either way.
struct StoreReader: Sendable {
    let upstream: Upstream
    /// Nil: there is no view; store-service is asked.
    var view: (stores: StoreView, index: ReadIndex)?

    /// A store as JSON, and its tag. Throws `NOT_FOUND`.
    func store(_ id: StoreID, _ call: Call) async throws -> (json: [UInt8], tag: String) {
        if let view, await view.index.confirm(), let store = try view.stores.store(id, for: call.caller) {
            return (store.json, store.tag)
        }
        let request = StoreRequest(caller: call.caller, storeID: id)
        let store: StoreResource = try await upstream.call(Subjects.Store.get, request, requestID: call.id)
        let json = try PlatformJSON.encode(store)
        return (json, EntityTag.make(of: json))
    }

    /// A page as JSON, and its tag. Throws `INVALID_CURSOR`.
    func page(_ request: ListStores, _ call: Call) async throws -> (json: [UInt8], tag: String) {
        if let view, await view.index.confirm(), let page = view.stores.page(try StoreListQuery(request)) {
            return (page.json, page.tag)
        }
        let page: Page<StoreResource> = try await upstream.call(Subjects.Store.list, request, requestID: call.id)
        let json = try PlatformJSON.encode(PageResource(page))
        return (json, EntityTag.make(of: json))
    }
}
