import Foundation
import PostgresClient
import StoreContracts
import StoreDomain

extension PostgresRecords {
    func stores(_ query: StoreListQuery) async throws -> [StoreRecord] {
        var sql = StoreListSQL(query)
        sql.values.append(query.limit + 1)
        let text = """
            SELECT \(Self.storeColumns) FROM stores \(sql.conditions) ORDER BY \(sql.order) LIMIT $\(sql.values.count)
            """
        return try await session.query(text, values: sql.values).map(StoreRecord.init)
    }
}

/// A list's rules in SQL: only the conditions that are asked for, so that each combination gets the plan and the index
/// that suit it.
private struct StoreListSQL {
    private var parts: [String] = []
    var values: [any PostgresEncodable] = []
    let order: String

    init(_ query: StoreListQuery) {
        let direction = query.sort.isDescending ? "DESC" : "ASC"
        order = "\(Self.column(query.sort)) \(direction), id \(direction)"
        add(query.filter)
        if let after = query.after { add(after) }
    }

    var conditions: String { parts.isEmpty ? "" : "WHERE \(parts.joined(separator: " AND "))" }

    private mutating func add(_ filter: StoreListFilter) {
        if let owner = filter.owner { add(owner.description) { "owner_id = \($0)" } }
        if let status = filter.status { add(status.rawValue) { "status = \($0)" } }
        if let engine = filter.engine { add(engine.rawValue.uppercased()) { "engine = \($0)" } }
        if let plan = filter.plan { add(plan.rawValue) { "plan = \($0)" } }
        if let region = filter.region { add(region.description) { "region = \($0)" } }
        if let isDegraded = filter.isDegraded {
            add(isDegraded) { #"(conditions @> '[{"type": "Degraded", "status": "True"}]') = \#($0)"# }
        }
        if let text = filter.text {
            add(text) { "(position(\($0) in name) > 0 OR position(\($0) in lower(display_name)) > 0)" }
        }
    }

    private mutating func add(_ position: StoreListPosition) {
        let key: any PostgresEncodable =
            switch position.key {
            case .number(let milliseconds): Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            case .text(let text): text
            }
        values.append(key)
        values.append(position.id.description)
        let sign = position.sort.isDescending ? "<" : ">"
        parts.append("(\(Self.column(position.sort)), id) \(sign) ($\(values.count - 1), $\(values.count))")
    }

    private mutating func add(_ value: any PostgresEncodable, _ condition: (String) -> String) {
        values.append(value)
        parts.append(condition("$\(values.count)"))
    }

    private static func column(_ sort: StoreListSort) -> String {
        switch sort {
        case .newestFirst, .oldestFirst: "created_at"
        // Byte by byte, as everybody else does: a database's own rules leave out hyphens.
        case .name, .nameDescending: #"name COLLATE "C""#
        case .lastChangedFirst: "updated_at"
        }
    }
}
