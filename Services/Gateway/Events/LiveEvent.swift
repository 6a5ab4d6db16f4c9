import HTTPServer
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A store-service's notice as dashboards get it, and whose it is.
struct LiveEvent: Sendable {
    let id: StreamID
    let owner: UserID
    let frame: ServerSentEvent

    /// Nil for a notice without the part its kind promises. Throws what encoding throws.
    init?(_ notice: StoreNotice, id: StreamID) throws {
        let name: String
        let data: String
        switch notice.kind {
        case .changed:
            guard let store = notice.store else { return nil }
            (name, data) = ("store", try PlatformJSON.encodeString(store))
        case .recorded:
            guard let event = notice.event else { return nil }
            (name, data) = ("event", try PlatformJSON.encodeString(event))
        case .operation:
            guard let operation = notice.operation else { return nil }
            (name, data) = ("operation", try PlatformJSON.encodeString(operation))
        case .removed:
            (name, data) = ("storeDeleted", try PlatformJSON.encodeString(["id": notice.storeID]))
        }
        self.id = id
        self.owner = notice.ownerID
        self.frame = ServerSentEvent(id: id.description, name: name, data: data)
    }

    /// Members see their own stores, admins all.
    func isVisible(to caller: Caller) -> Bool { caller.role == .admin || caller.userID == owner }
}
