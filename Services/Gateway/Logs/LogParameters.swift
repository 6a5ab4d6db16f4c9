import HTTPServer
import StoreContracts

/// The query of `GET /api/stores/{id}/logs`, checked.
struct LogParameters: Hashable, Sendable {
    static let tails = 1...5000

    let pod: String?
    let container: String?
    let tail: Int
    let previous: Bool
    let follow: Bool
    /// For a follower that comes back: the last line it has.
    let position: LogPosition?

    /// Throws a fault that names every wrong item at once.
    init(_ request: HTTPRequest) throws {
        var query = RequestQuery(of: request, items: ["pod", "container", "tail", "previous", "follow"])
        pod = query.name("pod")
        container = query.name("container")
        tail = query.number("tail", in: Self.tails) ?? 200
        previous = query.flag("previous") ?? false
        follow = query.flag("follow") ?? false
        if follow, previous { query.add("previous", "cannot be followed: it has ended") }
        var position: LogPosition?
        if follow, let id = request.headers["Last-Event-ID"], !id.isEmpty {
            position = LogPosition(id)
            if position == nil { query.add("Last-Event-ID", "is not an id of this stream") }
        }
        self.position = position
        try query.check()
    }
}

extension RequestQuery {
    /// What Kubernetes lets an object be called: nothing else can be there, and nothing else is asked for.
    fileprivate mutating func name(_ item: String) -> String? {
        value(item, or: "is not the name of a pod or container") { text in
            let allowed = text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
            return allowed && (1...253).contains(text.utf8.count) ? text : nil
        }
    }
}
