import MessageBus
import StoreContracts
import StoreDomain
import Synchronization

/// The stores of the platform in this process's memory, and how many waited for what.
///
/// Answers only what `ReadIndex` has found to be current; nil: ask store-service. Safe from any task.
final class StoreView: Sendable {
    private struct State {
        var content = StoreViewState()
        /// Whether all that the bucket held when the watch began has been told.
        var isLoaded = false
        var pages = PageCache()
        /// The one who waits for the view to have come so far.
        var waiting: (revision: StreamID, continuation: CheckedContinuation<Bool, Never>)?
    }

    /// What the view says to a bucket that is at a place.
    enum Standing: Sendable, Hashable {
        case current
        /// Changes are still on their way.
        case behind
        /// The bucket is not complete, or not the one that was watched.
        case unusable
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.content.count } }

    // MARK: - From the watch

    /// Takes an update in. False: begin anew.
    func apply(_ update: KeyValueUpdate) -> Bool {
        let (goesOn, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Bool, Never>?) in
            var goesOn = true
            switch update {
            case .entry(let entry): goesOn = state.content.apply(entry)
            case .initialValuesDone(let revision):
                state.content.advance(to: revision)
                state.isLoaded = true
            }
            guard let waiting = state.waiting, state.content.applied >= waiting.revision else { return (goesOn, nil) }
            state.waiting = nil
            return (goesOn, waiting.continuation)
        }
        waiting?.resume(returning: true)
        return goesOn
    }

    /// Forgets everything: the watch has ended.
    func reset() {
        let waiting = state.withLock { state in
            defer { state = State() }
            return state.waiting
        }
        waiting?.continuation.resume(returning: false)
    }

    // MARK: - From the index

    /// Whether the bucket says that the view is complete.
    var isComplete: Bool { state.withLock { $0.isLoaded && $0.content.mark != nil } }

    /// Every change of the bucket up to here is in the view.
    var applied: StreamID { state.withLock { $0.content.applied } }

    func standing(at place: KeyValuePlace) -> Standing {
        state.withLock { state in
            guard state.isLoaded, let mark = state.content.mark, mark == place.key else { return .unusable }
            return state.content.applied >= place.last ? .current : .behind
        }
    }

    /// Waits until the view has come so far; false when it did not within the time. One at a time.
    func reach(_ revision: StreamID, within limit: Duration) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return }
                self.giveUp()
            }
            let isReached = await withCheckedContinuation { continuation in
                let now = state.withLock { state -> Bool in
                    guard state.content.applied < revision else { return true }
                    state.waiting = (revision, continuation)
                    return false
                }
                if now { continuation.resume(returning: true) }
            }
            group.cancelAll()
            return isReached
        }
    }

    private func giveUp() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.continuation.resume(returning: false)
    }

    // MARK: - From requests

    /// A store as the caller may see it; nil: ask store-service. Throws `NOT_FOUND`.
    func store(_ id: StoreID, for caller: Caller) throws -> ViewedStore? {
        let finding = state.withLock { $0.isLoaded ? $0.content.find(id) : .unknown }
        switch finding {
        case .unknown: return nil
        case .there(let store) where caller.role == .admin || store.item.owner == caller.userID: return store
        case .there, .nowhere: throw ServiceFault(.notFound, "There is no such store.")
        }
    }

    /// A page; nil: ask store-service.
    func page(_ query: StoreListQuery) -> RenderedPage? {
        let (known, found, version) = state.withLock { state -> (RenderedPage?, [ViewedStore]?, UInt64) in
            guard state.isLoaded else { return (nil, nil, 0) }
            let version = state.content.version(of: query.filter)
            if let page = state.pages.page(query, version: version) { return (page, nil, version) }
            return (nil, state.content.page(query), version)
        }
        if let known { return known }
        guard let found else { return nil }
        let page = RenderedPage(found, query)
        state.withLock { $0.pages.keep(page, of: query, version: version) }
        return page
    }
}
