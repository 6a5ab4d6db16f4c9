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
    func answer(to key: String, of owner: UserID, notBefore time: Date) async throws -> IdempotentAnswer? {
        try await session.first(
            """
            SELECT request_hash, response FROM idempotency_keys
            WHERE owner_id = $1 AND key = $2 AND created_at >= $3
            """,
            owner.description,
            key,
            time
        ).map { IdempotentAnswer(requestHash: try $0.decode("request_hash"), response: try $0.requireJSON("response")) }
    }

    func keep(_ answer: IdempotentAnswer, under key: String, of owner: UserID, at time: Date) async throws {
        try await session.execute(
            """
            INSERT INTO idempotency_keys (owner_id, key, request_hash, response, created_at)
            VALUES ($1, $2, $3, $4::jsonb, $5)
            ON CONFLICT (owner_id, key) DO UPDATE SET
                request_hash = excluded.request_hash, response = excluded.response, created_at = excluded.created_at
            """,
            owner.description,
            key,
            answer.requestHash,
            try PlatformJSON.encodeString(answer.response),
            time
        )
    }

    func forgetAnswers(before time: Date) async throws {
        try await session.execute("DELETE FROM idempotency_keys WHERE created_at < $1", time)
    }
}
