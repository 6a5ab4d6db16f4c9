import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: InboxRepository {
    func noteApplied(_ messageID: String, at time: Date) async throws -> Bool {
        try await session.execute(
            "INSERT INTO inbox (message_id, applied_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            messageID,
            time
        ) == 1
    }

    func forgetApplied(before time: Date) async throws {
        try await session.execute("DELETE FROM inbox WHERE applied_at < $1", time)
    }
}

extension PostgresRecords: IdempotencyRepository {
    func keep(_ answers: [(key: CreateMember.Key, answer: IdempotentAnswer)], at time: Date) async throws {
        guard !answers.isEmpty else { return }
        try session.later(
            """
            INSERT INTO idempotency_keys (owner_id, key, request_hash, response, created_at)
            SELECT owner_id, key, request_hash, response::jsonb, $5
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new (owner_id, key, request_hash, response)
            ON CONFLICT (owner_id, key) DO UPDATE SET
                request_hash = excluded.request_hash, response = excluded.response, created_at = excluded.created_at
            """,
            answers.map(\.key.owner.description),
            answers.map(\.key.text),
            answers.map(\.answer.requestHash),
            try answers.map { try PlatformJSON.encodeString($0.answer.response) },
            time
        )
    }

    func forgetAnswers(before time: Date) async throws {
        try await session.execute("DELETE FROM idempotency_keys WHERE created_at < $1", time)
    }
}
