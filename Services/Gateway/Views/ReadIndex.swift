import MessageBus
import StoreContracts
import Synchronization

/// Makes sure that what the view says is no older than the question: the read index of Raft (Ongaro's thesis, 6.4), with
/// the bucket in the leader's place.
///
/// Whoever changed a store was answered after the change was in the bucket. So a request that asks the bucket how far it
/// is, and waits until the view is as far, sees everything that anybody was told of before it came, whichever gateway told
/// them. One question serves all requests that came before it was sent.
final class ReadIndex: Sendable {
    private struct State {
        var waiting: [CheckedContinuation<Bool, Never>] = []
        /// Rings for who asks; nil while nobody does.
        var wake: AsyncStream<Void>.Continuation?
        var figures = Figures()
    }

    /// What came of the questions.
    struct Figures: Sendable {
        /// Requests that the view could answer.
        var current = 0
        /// Requests that came while the view was too far behind.
        var behind = 0
        /// Requests that came while there was no complete view.
        var unusable = 0
        /// Questions to the bucket.
        var questions = 0
        /// When the view was last found current.
        var confirmed: ContinuousClock.Instant?
    }

    /// The view's watch must begin anew.
    struct Lost: Error {}

    /// Longer than a change takes to arrive; then asking store-service is quicker.
    static let patience: Duration = .milliseconds(25)

    private let view: StoreView
    private let isConnected: @Sendable () async -> Bool
    private let state = Mutex(State())

    init(view: StoreView, isConnected: @escaping @Sendable () async -> Bool) {
        self.view = view
        self.isConnected = isConnected
    }

    var figures: Figures { state.withLock { $0.figures } }

    /// Whether the view holds all that anybody was told of before this call; false: ask store-service.
    func confirm() async -> Bool {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                guard let wake = state.wake, view.isComplete else {
                    state.figures.unusable += 1
                    return false
                }
                state.waiting.append(continuation)
                if state.waiting.count == 1 { wake.yield() }
                return true
            }
            if !isWaiting { continuation.resume(returning: false) }
        }
    }

    /// Asks on behalf of those who wait, until it is cancelled. Throws `Lost` when the bucket is not the one the view was
    /// made of. One at a time.
    func serve(_ bucket: any KeyValueBucket) async throws {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.wake = wake }
        defer {
            state.withLock { $0.wake = nil }
            answer(takeAll(), false)
        }
        for await _ in wakes {
            while case let waiting = takeAll(), !waiting.isEmpty {
                let standing = await standing(bucket)
                note(standing, waiting.count)
                answer(waiting, standing == .current)
                if standing == .unusable, view.isComplete { throw Lost() }
            }
        }
    }

    private func standing(_ bucket: any KeyValueBucket) async -> StoreView.Standing {
        // While Redis is away the question would wait for it.
        guard await isConnected() else { return .behind }
        let known = view.applied
        let place: KeyValuePlace
        do { place = try await bucket.place(of: StoreViewBucket.complete) } catch {
            // What is wrong shows in the watch, or passes.
            return .behind
        }
        // A bucket that is behind its reader has lost what the reader knows.
        guard place.last >= known else { return .unusable }
        let standing = view.standing(at: place)
        guard standing == .behind else { return standing }
        return await view.reach(place.last, within: Self.patience) ? view.standing(at: place) : .behind
    }

    private func note(_ standing: StoreView.Standing, _ count: Int) {
        state.withLock { state in
            state.figures.questions += 1
            switch standing {
            case .current:
                state.figures.current += count
                state.figures.confirmed = .now
            case .behind: state.figures.behind += count
            case .unusable: state.figures.unusable += count
            }
        }
    }

    private func takeAll() -> [CheckedContinuation<Bool, Never>] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    private func answer(_ waiting: [CheckedContinuation<Bool, Never>], _ isCurrent: Bool) {
        for continuation in waiting { continuation.resume(returning: isCurrent) }
    }
}
