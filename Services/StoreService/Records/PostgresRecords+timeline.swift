import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: TimelineRepository {
    func append(_ draft: EventDraft) async throws -> EventResource {
        let row = try await session.first(
            """
            INSERT INTO provisioning_events (store_id, owner_id, event, message, metadata, created_at)
            VALUES ($1, $2, $3, $4, $5::jsonb, $6) RETURNING id
            """,
            draft.storeID.description,
            draft.ownerID.description,
            draft.event,
            draft.message,
            JSONValue.object(draft.metadata),
            draft.createdAt
        )
        guard let row else { throw PostgresError(.decoding, "an insert returned no number") }
        return NumberedEvent(id: try row.decode("id"), draft: draft).resource
    }

    func append(_ events: [NumberedEvent]) async throws {
        guard !events.isEmpty else { return }
        try session.later(
            """
            INSERT INTO provisioning_events (id, store_id, owner_id, event, message, metadata, created_at)
            SELECT id, store_id, owner_id, event, message, metadata::jsonb, created_at
            FROM unnest(
                $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]
            ) AS new (id, store_id, owner_id, event, message, metadata, created_at)
            """,
            events.map(\.id),
            events.map(\.draft.storeID.description),
            events.map(\.draft.ownerID.description),
            events.map(\.draft.event),
            events.map(\.draft.message),
            events.map { JSONValue.object($0.draft.metadata) },
            events.map(\.draft.createdAt)
        )
    }

    func events(of store: StoreID, after id: Int64, limit: Int) async throws -> [EventResource] {
        try await session.query(
            """
            SELECT id, event, message, metadata, created_at FROM provisioning_events
            WHERE store_id = $1 AND id > $2 ORDER BY id LIMIT $3
            """,
            store.description,
            id,
            limit
        ).map { row in
            EventResource(
                id: try row.decode("id"),
                storeId: store,
                event: try row.decode("event"),
                message: try row.decode("message"),
                metadata: try row.requireJSON("metadata"),
                createdAt: try row.decode("created_at")
            )
        }
    }

    func timelineOwner(of store: StoreID) async throws -> UserID? {
        try await session.first(
            "SELECT owner_id FROM provisioning_events WHERE store_id = $1 ORDER BY id LIMIT 1",
            store.description
        )?.decode("owner_id", with: UserID.init)
    }
}
