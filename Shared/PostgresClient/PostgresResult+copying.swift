import CLibPQ

extension PostgresResult {
    /// A copy of libpq's result, or the failure it reports. The caller keeps ownership of the result.
    static func copy(of result: OpaquePointer) -> Result<PostgresResult, PostgresError> {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            let affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) }
            return .success(PostgresResult(rows: rows(of: result), affectedRows: affected ?? 0))
        default:
            return .failure(failure(of: result))
        }
    }

    private static func rows(of result: OpaquePointer) -> [PostgresRow] {
        let width = PQnfields(result)
        var columns: [String: Int] = [:]
        for index in 0..<width {
            guard let name = PQfname(result, index) else { continue }
            columns[String(cString: name)] = Int(index)
        }
        return (0..<PQntuples(result)).map { row in
            let values = (0..<width).map { column -> String? in
                guard PQgetisnull(result, row, column) == 0, let text = PQgetvalue(result, row, column) else {
                    return nil
                }
                let length = Int(PQgetlength(result, row, column))
                return text.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
                    String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
                }
            }
            return PostgresRow(columns: columns, values: values)
        }
    }

    /// The field codes are C character constants (`PG_DIAG_SQLSTATE` and so on), which Swift does not import.
    private static func failure(of result: OpaquePointer) -> PostgresError {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let message = field("M") ?? String(cString: PQresultErrorMessage(result))
        guard let sqlState = field("C") else { return PostgresError(.connectionLost, message) }
        return PostgresError(sqlState: sqlState, constraint: field("n"), message: message)
    }
}
