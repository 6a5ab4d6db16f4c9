import MessageBus
import ServiceLifecycle

/// Answers requests from the moment it can.
///
/// A replica that has no schema yet, because it or its database only starts, joins no queue group: the others answer, and
/// where there are none the gateways say so at once.
struct RequestService: Service {
    let database: StoreDatabase
    let responders: [RequestResponder]

    func run() async throws {
        await cancelWhenGracefulShutdown { await database.untilSchemaIsInstalled() }
        try await withThrowingDiscardingTaskGroup { group in
            for responder in responders { group.addTask { try await responder.run() } }
        }
    }
}
