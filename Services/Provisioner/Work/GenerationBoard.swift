import StoreDomain
import Synchronization

/// The newest generation of each store that this process has heard of: who works for an older one must stop.
final class GenerationBoard: Sendable {
    private let newest = Mutex<[StoreID: Int]>([:])
    private let signal = ChangeSignal()
    /// Beyond this everything is forgotten: it only speeds pre-emption up, correctness is the leases' and the facts'.
    private static let capacity = 20_000

    /// Takes note of a generation.
    func note(_ store: StoreID, generation: Int) {
        let isNews = newest.withLock { newest in
            guard newest[store, default: 0] < generation else { return false }
            if newest.count >= Self.capacity { newest = [:] }
            newest[store] = generation
            return true
        }
        if isNews { signal.notify() }
    }

    /// Whether something newer is asked of the store.
    func isSuperseded(_ store: StoreID, generation: Int) -> Bool {
        newest.withLock { $0[store, default: 0] > generation }
    }

    /// Returns when something newer is asked of the store, or when the task is cancelled.
    func waitUntilSuperseded(_ store: StoreID, generation: Int) async {
        while !Task.isCancelled {
            let version = signal.version
            if isSuperseded(store, generation: generation) { return }
            await signal.wait(past: version)
        }
    }
}
