import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreDomain

extension PostgresRecords: OutboxRepository {
    /// What the relay listens to.
    static let outboxChannel = "store_outbox"
    /// Any number nobody else locks: "outbox" in ASCII.
    private static let outboxLock: Int64 = 0x6F75_7462_6F78

    func enqueue(_ messages: [OutboxMessage], at time: Date) async throws {
        guard !messages.isEmpty else { return }
        let ids = try messages.map { outgoing in
            guard let id = outgoing.message.headers[MessageHeaders.Name.messageID] else {
                throw BusError(.invalidHeader, "a message of the outbox needs an id")
            }
            return id
        }
        try session.later(
            """
            INSERT INTO outbox (message_id, subject, stream, headers, body, store_id, created_at)
            SELECT message_id, subject, stream, headers::json, body::json, store_id, $7
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
                AS new (message_id, subject, stream, headers, body, store_id, place)
            ORDER BY place
            """,
            ids,
            messages.map(\.message.subject.description),
            messages.map(\.stream),
            messages.map { outgoing in
                JSONValue.array(outgoing.message.headers.all.map { [.string($0.name), .string($0.value)] })
            },
            messages.map { String(decoding: $0.message.body, as: UTF8.self) },
            messages.map { $0.storeID?.description },
            time
        )
        try session.later("SELECT pg_notify($1, '')", Self.outboxChannel)
    }

    func lockOutbox() async throws -> Bool {
        let row = try await session.first("SELECT pg_try_advisory_xact_lock($1) AS locked", Self.outboxLock)
        return try row?.decode("locked") ?? false
    }

    func oldestMessages(limit: Int) async throws -> [OutboxMessage] {
        try await session.query(
            "SELECT id, subject, stream, headers, body, store_id FROM outbox ORDER BY id LIMIT $1",
            limit
        ).map { row in
            var headers = MessageHeaders()
            for field in try row.decode("headers", as: JSONValue.self).arrayValue ?? [] {
                guard let name = field[0]?.stringValue, let value = field[1]?.stringValue else { continue }
                try headers.add(name, value)
            }
            return OutboxMessage(
                id: try row.decode("id"),
                stream: try row.decode("stream"),
                message: BusMessage(
                    subject: try Subject(try row.decode("subject")),
                    headers: headers,
                    body: Array(try row.decode("body", as: String.self).utf8)
                ),
                storeID: try row.decode("store_id", as: String?.self).flatMap(StoreID.init)
            )
        }
    }

    func removeMessages(_ messages: [OutboxMessage], at time: Date) async throws {
        // A crash of the server may bring them back: then they are published again under the same ids, which is right at
        // any time, and nobody waits for the disk.
        try session.later("SET LOCAL synchronous_commit = off")
        try session.later("DELETE FROM outbox WHERE id = ANY($1::bigint[])", messages.compactMap(\.id))
        let stores = messages.compactMap { $0.storeID?.description }
        guard !stores.isEmpty else { return }
        try session.later(
            "UPDATE stores SET active_at = GREATEST(active_at, $2) WHERE id = ANY($1::text[])",
            stores,
            time
        )
    }
}
