import HTTPServer
import MessageBus
import StoreContracts
import StoreDomain

/// Stores, their timelines and operations: each route is one request to store-service.
struct StoreRoutes: Sendable {
    let upstream: Upstream

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.post, "/api/stores", .changing(create))
        router.add(.get, "/api/stores", .reading(list))
        router.add(.get, "/api/stores/{id}", .reading(get))
        router.add(.delete, "/api/stores/{id}", .changing { try await change($0, Subjects.Store.delete) })
        router.add(.post, "/api/stores/{id}/retry", .changing { try await change($0, Subjects.Store.retry) })
        router.add(.get, "/api/stores/{id}/events", .reading(events))
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
            idempotencyKey: draft.idempotencyKey
        )
        let accepted: StoreAccepted = try await upstream.call(Subjects.Store.create, request, requestID: call.id)
        return try answer(accepted)
    }

    private func list(_ call: Call) async throws -> HTTPResponse {
        let parameters = try ListParameters(
            call.request.target,
            known: ["status", "engine", "q", "limit", "cursor"],
            limits: 1...100,
            defaultLimit: 50
        )
        let request = ListStores(
            caller: call.caller,
            status: parameters.status,
            engine: parameters.engine,
            query: parameters.text,
            limit: parameters.limit,
            cursor: parameters.cursor
        )
        let page: Page<StoreResource> = try await upstream.call(Subjects.Store.list, request, requestID: call.id)
        return try .json(PageResource(page))
    }

    private func get(_ call: Call) async throws -> HTTPResponse {
        let request = StoreRequest(caller: call.caller, storeID: try storeID(call))
        let store: StoreResource = try await upstream.call(Subjects.Store.get, request, requestID: call.id)
        var response = try HTTPResponse.json(store)
        guard case .bytes(let body) = response.body else { return response }
        let tag = EntityTag.make(of: body)
        let headers: HTTPHeaders = ["ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"]
        guard !EntityTag.matches(call.request.headers.values(of: "If-None-Match"), tag) else {
            return HTTPResponse(.notModified, headers: headers)
        }
        for (name, value) in headers.all { response.headers.set(name, value) }
        return response
    }

    private func change(_ call: Call, _ subject: Subject) async throws -> HTTPResponse {
        let request = StoreRequest(caller: call.caller, storeID: try storeID(call))
        let accepted: StoreAccepted = try await upstream.call(subject, request, requestID: call.id)
        return try answer(accepted)
    }

    private func events(_ call: Call) async throws -> HTTPResponse {
        let parameters = try ListParameters(
            call.request.target,
            known: ["limit", "cursor"],
            limits: 1...500,
            defaultLimit: 100
        )
        let request = ListEvents(
            caller: call.caller,
            storeID: try storeID(call),
            limit: parameters.limit,
            cursor: parameters.cursor
        )
        let page: Page<EventResource> = try await upstream.call(Subjects.Store.events, request, requestID: call.id)
        return try .json(PageResource(page))
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
        return try .json(operation)
    }

    private func answer(_ accepted: StoreAccepted) throws -> HTTPResponse {
        try .json(accepted, status: .accepted, headers: ["Location": "/api/stores/\(accepted.store.id)"])
    }

    /// What is no id names no store.
    private func storeID(_ call: Call) throws -> StoreID {
        guard let id = call.parameters["id"].flatMap({ StoreID($0) }) else {
            throw ServiceFault(.notFound, "There is no such store.")
        }
        return id
    }
}
