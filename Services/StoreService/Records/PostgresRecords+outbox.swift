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
        for outgoing in messages {
            let message = outgoing.message
            guard let messageID = message.headers[MessageHeaders.Name.messageID] else {
                throw BusError(.invalidHeader, "a message of the outbox needs an id")
            }
            try await session.execute(
                """
                INSERT INTO outbox (message_id, subject, stream, headers, body, store_id, created_at)
                VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6, $7)
                """,
                messageID,
                message.subject.description,
                outgoing.stream,
                JSONValue.array(message.headers.all.map { [.string($0.name), .string($0.value)] }),
                String(decoding: message.body, as: UTF8.self),
                outgoing.storeID?.description,
                time
            )
        }
        try await session.query("SELECT pg_notify($1, '')", Self.outboxChannel)
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
            for field in try row.requireJSON("headers", as: [[String]].self) where field.count == 2 {
                try headers.add(field[0], field[1])
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
        try await session.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", messages.compactMap(\.id))
        let stores = messages.compactMap { $0.storeID?.description }
        guard !stores.isEmpty else { return }
        try await session.execute(
            "UPDATE stores SET active_at = GREATEST(active_at, $2) WHERE id = ANY($1::text[])",
            stores,
            time
        )
    }
}
