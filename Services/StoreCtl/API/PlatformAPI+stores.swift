import ServiceRuntime

extension PlatformAPI {
    /// A store by its name or its id. Throws a failure where there is none.
    func store(_ reference: String) async throws -> JSONValue {
        if let id = ULID(reference) { return try await call(.get, "/api/stores/\(id.string)").json }
        var cursor: String?
        repeat {
            let page = try await call(
                .get,
                "/api/stores",
                query: [("q", reference), ("limit", "100"), ("cursor", cursor)]
            ).json
            let found = page["items"]?.arrayValue?.first { $0["name"]?.stringValue == reference }
            if let found { return found }
            cursor = page["nextCursor"]?.stringValue
        } while cursor != nil
        throw ToolFailure(.notFound, "there is no store '\(reference)', or it is not yours")
    }

    /// The id of a store by its name or its id; an id is not looked up.
    func storeID(_ reference: String) async throws -> String {
        if let id = ULID(reference) { return id.string }
        return try await store(reference)["id"]?.stringValue ?? ""
    }
}
