import Logging
import PostgresClient
import StoreContracts

/// Gathers requests for stores that come while a transaction is under way, and gives them the next one together.
///
/// Nobody waits for company: who finds nothing under way begins at once, alone. One transaction at a time, because those
/// of one process would only wait for each other's locks.
actor CreateQueue {
    typealias Outcome = Result<StoreAccepted, any Error>

    private struct Waiting {
        let member: CreateMember
        let answer: CheckedContinuation<Outcome, Never>
    }

    private let transaction: CreateTransaction
    private let logger: Logger
    private var waiting: [Waiting] = []
    /// Whether a transaction is under way.
    private(set) var isWorking = false

    init(_ transaction: CreateTransaction, logger: Logger) {
        self.transaction = transaction
        self.logger = logger
    }

    /// How many requests wait for the next transaction.
    var waitingCount: Int { waiting.count }

    /// Accepts a store, together with others. Throws `ServiceFault`, or what the database throws: `outcomeUnknown` where it
    /// broke during COMMIT.
    func create(_ member: CreateMember) async throws -> StoreAccepted {
        let outcome = await withCheckedContinuation { answer in
            waiting.append(Waiting(member: member, answer: answer))
            guard !isWorking else { return }
            isWorking = true
            // Not a child of who came first: the others' stores must not go with it. Everybody whose request it
            // handles waits for it.
            Task { await work() }
        }
        return try outcome.get()
    }

    private func work() async {
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(CreateBatch.limit))
            waiting.removeFirst(batch.count)
            var left: [Waiting] = []
            for (request, outcome) in zip(batch, await outcomes(of: batch.map(\.member))) {
                if let outcome { request.answer.resume(returning: outcome) } else { left.append(request) }
            }
            waiting = left + waiting
        }
        isWorking = false
    }

    /// Nil for whoever is to be tried again.
    private func outcomes(of members: [CreateMember]) async -> [Outcome?] {
        do {
            // Alone a request may be repeated as often as any transaction; together they are taken apart first.
            return try await transaction.run(members, attempts: members.count == 1 ? 5 : 1)
        } catch let error where members.count > 1 && Self.mayBeOnesFault(error) {
            logger.debug("Creates are tried one by one", metadata: ["error": "\(error)", "count": "\(members.count)"])
            var outcomes: [Outcome?] = []
            for member in members { outcomes += await self.outcomes(of: [member]) }
            return outcomes
        } catch {
            return members.map { _ in .failure(error) }
        }
    }

    /// Whether others could succeed without the one that is the cause. While the database is away nobody can; and where
    /// nobody knows what became of COMMIT, trying again would meet one's own stores.
    private static func mayBeOnesFault(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return true }
        return error.retriesTransaction || !error.isUnavailable
    }
}
