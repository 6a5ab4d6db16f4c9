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
        let headers = Self.validators(try EntityTag.make(of: store))
        guard !EntityTag.matches(call.request.headers.values(of: "If-None-Match"), headers["ETag"] ?? "") else {
            return HTTPResponse(.notModified, headers: headers)
        }
        return try .json(store, headers: headers)
    }

    private func patch(_ call: Call) async throws -> HTTPResponse {
        let id = try storeID(call)
        let patch = try StorePatch(of: call.request)
        let request = UpdateStore(
            caller: call.caller,
            storeID: id,
            displayName: patch.displayName,
            deletionProtection: patch.deletionProtection,
            expected: try await expected(id, call)
        )
        let store: StoreResource = try await upstream.call(Subjects.Store.update, request, requestID: call.id)
        return try .json(store, headers: Self.validators(try EntityTag.make(of: store)))
    }

    /// The store that `If-Match` names. A tag says only that it was this one a moment ago; store-service looks again, under
    /// its lock.
    private func expected(_ id: StoreID, _ call: Call) async throws -> StoreResource? {
        let fields = call.request.headers.values(of: "If-Match")
        guard !fields.isEmpty, !EntityTag.isAny(fields) else { return nil }
        let request = StoreRequest(caller: call.caller, storeID: id)
        let store: StoreResource = try await upstream.call(Subjects.Store.get, request, requestID: call.id)
        guard EntityTag.isMatched(by: fields, try EntityTag.make(of: store)) else {
            throw ServiceFault(.preconditionFailed, "The store has changed since you read it. Read it again.")
        }
        return store
    }

    private static func validators(_ tag: String) -> HTTPHeaders {
        ["ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"]
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

    private func operations(_ call: Call) async throws -> HTTPResponse {
        let parameters = try ListParameters(
            call.request.target,
            known: ["storeId", "limit"],
            limits: 1...500,
            defaultLimit: 100
        )
        let request = ListOperations(caller: call.caller, storeID: parameters.store, limit: parameters.limit)
        let page: Page<OperationResource> = try await upstream.call(
            Subjects.Store.operations,
            request,
            requestID: call.id
        )
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
