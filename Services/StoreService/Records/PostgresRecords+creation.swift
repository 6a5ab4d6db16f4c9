import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: CreationRepository {
    func lockGround(of members: [CreateMember], notBefore time: Date) async throws -> CreateGround {
        let keys = members.compactMap(\.key)
        var statements = [
            // Stores refer to their owner: only this lock lets them be inserted meanwhile.
            PostgresStatement(
                """
                SELECT id, email, max_stores, store_count FROM users WHERE id = ANY($1::text[])
                ORDER BY id FOR NO KEY UPDATE
                """,
                Set(members.map(\.owner.description)).sorted()
            ),
            PostgresStatement(
                "SELECT name, status FROM stores WHERE name = ANY($1::text[])",
                members.map(\.request.name.description)
            ),
        ]
        if !keys.isEmpty { statements.append(Self.earlierAnswers(keys, notBefore: time)) }
        let results = try await session.queryAll(statements)
        var ground = CreateGround()
        for row in results[0].rows {
            ground.owners[try row.decode("id", with: UserID.init)] = CreateGround.Owner(
                email: try row.decode("email"),
                maxStores: try row.decode("max_stores"),
                stores: try row.decode("store_count")
            )
        }
        for row in results[1].rows {
            let name = try row.decode("name") { try? StoreName($0) }
            ground.holders[name] = try row.decode("status", with: StoreStatus.init(rawValue:))
        }
        for row in results.dropFirst(2).flatMap(\.rows) {
            let key = CreateMember.Key(
                owner: try row.decode("owner_id", with: UserID.init),
                text: try row.decode("key")
            )
            ground.answers[key] = IdempotentAnswer(
                requestHash: try row.decode("request_hash"),
                response: try row.requireJSON("response")
            )
        }
        return ground
    }

    private static func earlierAnswers(_ keys: [CreateMember.Key], notBefore time: Date) -> PostgresStatement {
        PostgresStatement(
            """
            SELECT owner_id, key, request_hash, response FROM idempotency_keys
            JOIN unnest($1::text[], $2::text[]) AS asked (asker, asked_key) ON owner_id = asker AND key = asked_key
            WHERE created_at >= $3
            """,
            keys.map(\.owner.description),
            keys.map(\.text),
            time
        )
    }

    func status(ofStoreNamed name: StoreName) async throws -> StoreStatus? {
        try await session.first("SELECT status FROM stores WHERE name = $1", name.description)?
            .decode("status", with: StoreStatus.init(rawValue:))
    }

    func insert(
        _ stores: [StoreRecord],
        numbers: Int,
        into regions: [Region: RegionQuestion]
    ) async throws -> RegionEntry {
        let asked = regions.sorted { $0.key.description < $1.key.description }
        var statements = [try Self.insertion(of: stores)]
        statements += asked.map { Self.lock(region: $0.key) }
        for (region, question) in asked {
            statements.append(Self.runningStores(in: region))
            if question.isCounted { statements.append(Self.waitingLengths(in: region)) }
            if let room = question.room { statements.append(Self.plansAhead(of: stores, in: region, room)) }
        }
        statements.append(
            PostgresStatement(
                "SELECT nextval('provisioning_events_id_seq') AS number FROM generate_series(1, $1::integer)",
                numbers
            )
        )
        var results = try await session.queryAll(statements)[...]
        var entry = RegionEntry()
        entry.inserted = Set(try results.removeFirst().rows.map { try $0.decode("id", with: StoreID.init) })
        for store in stores where entry.inserted.contains(store.id) { changes.note(.shown(store)) }
        results.removeFirst(asked.count)
        for (region, question) in asked {
            var load = RegionLoad(running: try Self.counts(results.removeFirst()))
            if question.isCounted {
                var waiting = try Self.counts(results.removeFirst())
                for store in stores where store.region == region && entry.inserted.contains(store.id) {
                    waiting[store.ownerID, default: 0] -= 1
                }
                load.waiting = waiting.filter { $0.value > 0 }
            }
            if question.room != nil {
                load.ahead = try results.removeFirst().rows.flatMap { row in
                    let plan = try row.decode("plan", with: Plan.init(rawValue:))
                    return Array(repeating: plan, count: try row.decode("count"))
                }
            }
            entry.loads[region] = load
        }
        entry.numbers = try results.removeFirst().rows.map { try $0.decode("number") }
        return entry
    }

    private static func insertion(of stores: [StoreRecord]) throws -> PostgresStatement {
        let life = StoreLifecycle()
        return PostgresStatement(
            // Of any unique index, not of the name's alone: of two inserts at once the later one may meet the earlier
            // one at its namespace first, which would be an error instead of a conflict. In the order of the names,
            // or two transactions could wait for each other.
            """
            INSERT INTO stores (
                id, name, display_name, engine, plan, region, namespace, host, url, admin_url, owner_id,
                deletion_protection, created_at, updated_at, active_at, requested_at, status_since,
                status, generation, observed_generation, conditions
            )
            SELECT id, name, display_name, engine, plan, region, namespace, host, url, admin_url, owner_id,
                deletion_protection, created_at, created_at, created_at, created_at, created_at,
                $14, $15, $16, $17::jsonb
            FROM unnest(
                $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::boolean[], $13::timestamptz[]
            ) AS new (
                id, name, display_name, engine, plan, region, namespace, host, url, admin_url, owner_id,
                deletion_protection, created_at
            )
            ORDER BY name
            ON CONFLICT DO NOTHING RETURNING id
            """,
            stores.map(\.id.description),
            stores.map(\.name.description),
            stores.map(\.displayName),
            stores.map { $0.engine.rawValue.uppercased() },
            stores.map(\.plan.rawValue),
            stores.map(\.region.description),
            stores.map(\.namespace),
            stores.map(\.host),
            stores.map(\.url),
            stores.map(\.adminURL),
            stores.map(\.ownerID.description),
            stores.map(\.deletionProtection),
            stores.map(\.createdAt),
            life.status.rawValue,
            life.generation,
            life.observedGeneration,
            try PlatformJSON.encodeString(life.conditions)
        )
    }
}
