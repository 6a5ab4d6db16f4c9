import PostgresClient
import StoreDomain

extension PostgresRecords: SealedValueRepository {
    func sealedAdminPassword(of store: StoreID) async throws -> String? {
        try await session.first("SELECT sealed_admin_password FROM stores WHERE id = $1", store.description)?
            .decode("sealed_admin_password", as: String?.self)
    }

    func sealedValues(notUnder key: String, after store: StoreID?, limit: Int) async throws -> [SealedValue] {
        // A box says by which key it was sealed: `v1.<key>.<bytes>`.
        try await session.query(
            """
            SELECT id, sealed_admin_password FROM stores
            WHERE sealed_admin_password IS NOT NULL AND split_part(sealed_admin_password, '.', 2) <> $1 AND id > $2
            ORDER BY id LIMIT $3
            """,
            key,
            store?.description ?? "",
            limit
        ).map { row in
            SealedValue(store: try row.decode("id", with: StoreID.init), box: try row.decode("sealed_admin_password"))
        }
    }

    func replace(_ value: SealedValue, with box: String) async throws -> Bool {
        try await session.execute(
            "UPDATE stores SET sealed_admin_password = $3 WHERE id = $1 AND sealed_admin_password = $2",
            value.store.description,
            value.box,
            box
        ) == 1
    }

    func sealedCounts() async throws -> [String: Int] {
        let rows = try await session.query(
            """
            SELECT split_part(sealed_admin_password, '.', 2) AS key, count(*) AS count FROM stores
            WHERE sealed_admin_password IS NOT NULL GROUP BY 1
            """
        )
        var counts: [String: Int] = [:]
        for row in rows { counts[try row.decode("key")] = try row.decode("count") }
        return counts
    }
}
