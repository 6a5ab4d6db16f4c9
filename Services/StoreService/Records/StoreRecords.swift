import Foundation
import PostgresClient

/// Everything store-service keeps, as one connection or transaction shows it.
typealias StoreRecords = AdmissionRepository & AuditRepository & CheckRepository & CreationRepository
    & IdempotencyRepository & InboxRepository & KeyRepository & OperationRepository & OutboxRepository
    & OverviewRepository & SealedValueRepository & StoreRepository & TimelineRepository & UserRepository

/// The records in PostgreSQL. SQL is written in the extensions of this type and nowhere else.
struct PostgresRecords: Sendable {
    let session: PostgresSession
    /// What a transaction did to stores, to be shown once it is committed.
    let changes: StoreChanges
}

extension PostgresRow {
    /// A column as a type with a failable initialiser; a text it refuses is an error of the data.
    func decode<Value>(_ column: String, with make: (String) -> Value?) throws -> Value {
        guard let value = make(try decode(column)) else {
            throw PostgresError(.decoding, "column \(column) does not hold a \(Value.self)")
        }
        return value
    }

    /// A column that may not be null, as JSON of a fixed shape.
    func requireJSON<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try decodeJSON(column, as: type) else {
            throw PostgresError(.decoding, "column \(column) is null")
        }
        return value
    }
}
