import Foundation
import PostgresClient
import StoreDomain

extension PostgresRecords: CheckRepository {
    func lockDueChecks(at time: Date, limit: Int) async throws -> [StoreRecord] {
        try await session.query(
            """
            SELECT \(Self.storeColumns) FROM stores
            WHERE status IN ('READY', 'FAILED') AND (check_due_at IS NULL OR check_due_at <= $1)
            ORDER BY check_due_at IS NULL DESC, status, check_due_at LIMIT $2 FOR UPDATE SKIP LOCKED
            """,
            time,
            limit
        ).map(StoreRecord.init)
    }

    func note(_ checks: StoreChecks, of store: StoreID) async throws {
        try session.later(
            "UPDATE stores SET checked_at = $2, order_asked_at = $3, verified_at = $4, check_due_at = $5 WHERE id = $1",
            store.description,
            checks.checkedAt,
            checks.orderAskedAt,
            checks.verifiedAt,
            checks.dueAt
        )
    }

    func hastenChecks(notSince time: Date, until end: Date) async throws {
        try await session.execute(
            """
            UPDATE stores SET check_due_at =
                LEAST(check_due_at, $1::timestamptz + random() * ($2::timestamptz - $1::timestamptz))
            WHERE id IN (
                SELECT id FROM stores WHERE status IN ('READY', 'FAILED') AND (checked_at IS NULL OR checked_at < $1)
                -- Whoever is at one may be at another as well, the other way round.
                FOR UPDATE SKIP LOCKED
            )
            """,
            time,
            end
        )
    }
}
