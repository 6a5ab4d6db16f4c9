import CLibPQ

extension PostgresConnection {
    /// Sends the statements together and reads their answers: one round trip for all of them. What follows one that
    /// fails is not run, and its error is thrown.
    ///
    /// https://www.postgresql.org/docs/15/libpq-pipeline-mode.html
    func execute(_ statements: [PostgresStatement], deadline: ContinuousClock.Instant) throws -> [PostgresResult] {
        if statements.count == 1 {
            return [try execute(statements[0].sql, statements[0].values, deadline: deadline)]
        }
        // Before the pipeline begins: inside, a refused one would leave the others without their names.
        let names = try statements.map { try prepare($0.sql, deadline: deadline) }
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        for (statement, name) in zip(statements, names) {
            try CStrings.with(statement.values) { values in
                try send { PQsendQueryPrepared(handle, name, Int32(statement.values.count), values, nil, nil, 0) }
            }
        }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        let results: [PostgresResult]
        do {
            results = try collect(count: statements.count, deadline: deadline)
        } catch {
            // What is left in the pipeline belongs to nobody any more.
            if PQexitPipelineMode(handle) != 1 { abandon() }
            if error.code == .stalePlan { statements.forEach { forget($0.sql) } }
            throw error
        }
        guard PQexitPipelineMode(handle) == 1 else { throw lost() }
        return results
    }

    private func collect(
        count: Int,
        deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresResult] {
        var results: [PostgresResult] = []
        var failure: PostgresError?
        for _ in 0..<count {
            while let result = try nextResult(deadline: deadline) {
                defer { PQclear(result) }
                guard PQresultStatus(result) != PGRES_PIPELINE_ABORTED else { continue }
                switch PostgresResult.copy(of: result) {
                case .success(let copy): results.append(copy)
                case .failure(let error): failure = failure ?? error
                }
            }
            guard PQstatus(handle) == CONNECTION_OK else { throw lost(because: failure) }
        }
        // The end of the pipeline is an answer of its own.
        guard let end = try nextResult(deadline: deadline) else { throw lost(because: failure) }
        let isEnd = PQresultStatus(end) == PGRES_PIPELINE_SYNC
        PQclear(end)
        guard isEnd else { throw lost(because: failure) }
        if let failure { throw failure }
        return results
    }
}
