import PostgresClient
import StoreContracts

/// Translates "the database is away", here and nowhere else.
func available<Reply>(_ body: () async throws -> Reply) async throws -> Reply {
    do {
        return try await body()
    } catch let error as PostgresError where error.isUnavailable || error.code == .canceled {
        throw ServiceFault(.serviceUnavailable, "The database cannot be reached at the moment.")
    }
}
