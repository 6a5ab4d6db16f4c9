import HTTPServer
import MessageBus
import StoreContracts
import StoreDomain

/// Stores, their timelines and operations: each route is one request to store-service.
struct StoreRoutes: Sendable {
    let upstream: Upstream
    let reader: StoreReader

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.post, "/api/stores", .changing(create))
        router.add(.get, "/api/stores", .reading(list))
        router.add(.get, "/api/stores/{id}", .reading(get))
        router.add(.patch, "/api/stores/{id}", .changing(patch))
        router.add(.delete, "/api/stores/{id}", .changing { try await change($0, Subjects.Store.delete) })
        router.add(.post, "/api/stores/{id}/retry", .changing { try await change($0, Subjects.Store.retry) })
        router.add(.get, "/api/stores/{id}/events", .reading(events))
        router.add(.get, "/api/operations", .reading(operations))
        router.add(.get, "/api/operations/{id}", .reading(operation))
    }

    private func create(_ call: Call) async throws -> HTTPResponse {
        let draft = try StoreDraft(of: call.request)
        let request = CreateStore(
            caller: call.caller,
            name: draft.name,
            engine: draft.engine,
            plan: draft.plan,
            region: draft.region,
            displayName: draft.displayName,
            deletionProtection: draft.deletionProtection,
            idempotencyKey: draft.idempotencyKey
        )
        return try await accept(Subjects.Store.create, request, call)
    }

    private func list(_ call: Call) async throws -> HTTPResponse {
        let page = try await reader.page(try StoreListParameters.request(of: call), call)
        return .tagged(page.json, page.tag, for: call.request)
    }

    private func get(_ call: Call) async throws -> HTTPResponse {
        let store = try await reader.store(try call.storeID(), call)
        return .tagged(store.json, store.tag, for: call.request)
    }

    private func patch(_ call: Call) async throws -> HTTPResponse {
        let id = try call.storeID()
        let patch = try StorePatch(of: call.request)
        let request = UpdateStore(
            caller: call.caller,
            storeID: id,
            displayName: patch.displayName,
            deletionProtection: patch.deletionProtection,
            expected: try await call.expected { try await read(id, call) }
        )
        let store: StoreResource = try await upstream.call(Subjects.Store.update, request, requestID: call.id)
        return try .json(store, headers: EntityTag.headers(try EntityTag.make(of: store)))
    }

    private func read(_ id: StoreID, _ call: Call) async throws -> StoreResource {
        let request = StoreRequest(caller: call.caller, storeID: id)
        return try await upstream.call(Subjects.Store.get, request, requestID: call.id)
    }

    private func change(_ call: Call, _ subject: Subject) async throws -> HTTPResponse {
        let request = StoreRequest(caller: call.caller, storeID: try call.storeID())
        return try await accept(subject, request, call)
    }

    private func events(_ call: Call) async throws -> HTTPResponse {
        var query = RequestQuery(of: call.request, items: ["limit", "cursor"])
        let (limit, cursor) = (query.limit(1...500, usual: 100), query.cursor())
        try query.check()
        let request = ListEvents(caller: call.caller, storeID: try call.storeID(), limit: limit, cursor: cursor)
        let page: Page<EventResource> = try await upstream.call(Subjects.Store.events, request, requestID: call.id)
        return try .tagged(PageResource(page), for: call.request)
    }

    private func operations(_ call: Call) async throws -> HTTPResponse {
        var query = RequestQuery(of: call.request, items: ["storeId", "limit"])
        let store = query.value("storeId", or: "is not the id of a store", StoreID.init)
        let limit = query.limit(1...500, usual: 100)
        try query.check()
        let request = ListOperations(caller: call.caller, storeID: store, limit: limit)
        let page: Page<OperationResource> = try await upstream.call(
            Subjects.Store.operations,
            request,
            requestID: call.id
        )
        return try .tagged(PageResource(page), for: call.request)
    }

    private func operation(_ call: Call) async throws -> HTTPResponse {
        guard let id = call.parameters["id"].flatMap({ OperationID($0) }) else {
            throw ServiceFault(.notFound, "There is no such operation.")
        }
        let request = OperationRequest(caller: call.caller, operationID: id)
        let operation: OperationResource = try await upstream.call(
            Subjects.Store.operation,
            request,
            requestID: call.id
        )
        return try .tagged(operation, for: call.request)
    }

    /// Hands on what store-service accepted, as it came: both speak of stores in the same words.
    private func accept(_ subject: Subject, _ request: some Encodable, _ call: Call) async throws -> HTTPResponse {
        let (accepted, body) = try await upstream.forward(subject, request, requestID: call.id, reading: Accepted.self)
        let headers: HTTPHeaders = [
            "Content-Type": "application/json", "Location": "/api/stores/\(accepted.store.id)",
        ]
        return HTTPResponse(.accepted, headers: headers, body: .bytes(body))
    }
}

/// Of a `StoreAccepted`, what the answer's headers need.
private struct Accepted: Decodable {
    struct Store: Decodable {
        let id: StoreID
    }

    let store: Store
}
