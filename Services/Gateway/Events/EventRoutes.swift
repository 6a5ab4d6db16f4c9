import Foundation
import HTTPServer
import MessageBus
import StoreContracts

/// `GET /api/events`: what happens to the caller's stores, as it happens.
struct EventRoutes: Sendable {
    let hub: EventHub
    /// Shorter than what proxies take for dead.
    var heartbeat: Duration = .seconds(15)
    /// A stream is ended after this and comes back: so an expired session or a lost role ends too.
    var lifetime: Duration = .seconds(1800)
    /// How long the way from Redis into the present may take.
    var catchUpLimit: Duration = .seconds(10)

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/events", .reading(stream))
    }

    private func stream(_ call: Call) async throws -> HTTPResponse {
        var last: StreamID?
        if let id = call.request.headers["Last-Event-ID"], !id.isEmpty {
            guard let parsed = StreamID(id) else {
                let issue = ServiceFault.FieldIssue(field: "Last-Event-ID", issue: "is not an id of this stream")
                throw ServiceFault(.invalidRequest, "The event id is not valid.", issues: [issue])
            }
            last = parsed
        }
        let resume = last
        // Before the answer, so that nothing is missed between it and the first event.
        guard let subscription = hub.subscribe(call.caller) else { throw GatewayFault.tooManyStreams }
        let place = StreamPlace(hub: hub, subscription: subscription)
        return HTTPResponse(
            .ok,
            headers: ServerSentEvent.headers,
            body: .stream { writer in
                defer { place.leave() }
                try await run(place.subscription, call, after: resume, writer)
            }
        )
    }

    private func run(
        _ subscription: EventHub.Subscription,
        _ call: Call,
        after id: StreamID?,
        _ writer: HTTPBodyWriter
    ) async throws {
        try await writer.write(ServerSentEvent.retry(milliseconds: 2000))
        var last = try await catchUp(subscription, call.caller, after: id, writer) ?? id ?? .zero
        let lifetime = call.remaining(atMost: self.lifetime, from: Date())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let end = ContinuousClock.now + lifetime
                while ContinuousClock.now < end {
                    try await Task.sleep(until: min(.now + heartbeat, end))
                    subscription.continuation.yield(.heartbeat)
                }
                subscription.continuation.finish()
            }
            for await item in subscription.items {
                switch item {
                case .heartbeat: try await writer.write(ServerSentEvent.comment("still here"))
                case .event(let event) where event.id > last:
                    last = event.id
                    try await writer.write(event.bytes)
                case .event: continue
                }
            }
            group.cancelAll()
        }
    }

    /// Sends what came between the client's last event and the beginning of its stream. Returns the last one sent.
    private func catchUp(
        _ subscription: EventHub.Subscription,
        _ caller: Caller,
        after id: StreamID?,
        _ writer: HTTPBodyWriter
    ) async throws -> StreamID? {
        guard let id else { return nil }
        if let events = hub.recent(after: id) {
            for event in events where event.isVisible(to: caller) { try await writer.write(event.bytes) }
            return events.last?.id
        }
        let stored = try await hub.stored(after: id)
        // A stream that is quiet just now ends only by being cancelled.
        let limit = Task {
            try await Task.sleep(for: subscription.newest == nil ? .milliseconds(500) : catchUpLimit)
            stored.cancel()
        }
        // Waited for by nobody: it does nothing but cancel this function's own sequence.
        defer {
            limit.cancel()
            stored.cancel()
        }
        var last: StreamID?
        for try await message in stored {
            last = message.id
            if let event = hub.event(of: message), event.isVisible(to: caller) { try await writer.write(event.bytes) }
            if let newest = subscription.newest, message.id >= newest { break }
        }
        return last
    }
}

/// A subscription that is given back even when its stream never runs.
private final class StreamPlace: Sendable {
    private let hub: EventHub
    let subscription: EventHub.Subscription

    init(hub: EventHub, subscription: EventHub.Subscription) {
        self.hub = hub
        self.subscription = subscription
    }

    deinit { leave() }

    func leave() { hub.unsubscribe(subscription) }
}
