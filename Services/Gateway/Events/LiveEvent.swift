import HTTPServer
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A store-service's notice as dashboards get it, and whose it is.
struct LiveEvent: Sendable {
    let id: StreamID
    let owner: UserID
    /// What is sent, in its order. Only the last one has the id: who saw less of a notice gets all of it once more.
    let frames: [ServerSentEvent]

    /// Nil for a notice without the parts its kind promises. Throws what encoding throws.
    init?(_ notice: StoreNotice, id: StreamID) throws {
        let parts: [(name: String, data: String)]
        switch notice.kind {
        case .created:
            guard let store = notice.store, let events = notice.events, let operation = notice.operation else {
                return nil
            }
            parts = try [Self.part(store)] + events.map { try Self.part($0) } + [Self.part(operation)]
        case .changed:
            guard let store = notice.store else { return nil }
            parts = [try Self.part(store)]
        case .recorded:
            guard let events = notice.events, !events.isEmpty else { return nil }
            parts = try events.map { try Self.part($0) }
        case .operation:
            guard let operation = notice.operation else { return nil }
            parts = [try Self.part(operation)]
        case .removed:
            parts = [("storeDeleted", try PlatformJSON.encodeString(["id": notice.storeID]))]
        }
        self.id = id
        self.owner = notice.ownerID
        frames = parts.enumerated().map { index, part in
            let isLast = index == parts.count - 1
            return ServerSentEvent(id: isLast ? id.description : nil, name: part.name, data: part.data)
        }
    }

    /// All frames.
    var bytes: [UInt8] { frames.flatMap(\.bytes) }

    /// Members see their own stores, admins all.
    func isVisible(to caller: Caller) -> Bool { caller.role == .admin || caller.userID == owner }

    private static func part(_ store: StoreResource) throws -> (name: String, data: String) {
        ("store", try PlatformJSON.encodeString(store))
    }

    private static func part(_ event: EventResource) throws -> (name: String, data: String) {
        ("event", try PlatformJSON.encodeString(event))
    }

    private static func part(_ operation: OperationResource) throws -> (name: String, data: String) {
        ("operation", try PlatformJSON.encodeString(operation))
    }
}
