import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// What the clusters of the regions have left, as their guards say; remembered for a moment, so that many creates at
/// once are one question.
actor CapacitySource {
    private enum Memory {
        case asking(Task<RegionCapacity?, Never>)
        /// Nil: there was no answer.
        case known(RegionCapacity?, until: ContinuousClock.Instant)
    }

    private let bus: any MessageBus
    private let logger: Logger
    private let deadline: Duration
    private let lifetime: Duration
    private var memories: [Region: Memory] = [:]

    /// `deadline`: how long a create may be held up for an answer. `lifetime`: how old an answer may be.
    init(
        bus: any MessageBus,
        logger: Logger,
        deadline: Duration = .milliseconds(300),
        lifetime: Duration = .seconds(2)
    ) {
        self.bus = bus
        self.logger = logger
        self.deadline = deadline
        self.lifetime = lifetime
    }

    /// What a region has left; nil when nobody says so in time, which must not keep anybody from creating a store.
    func capacity(of region: Region) async -> RegionCapacity? {
        switch memories[region] {
        case .known(let capacity, let end) where ContinuousClock.now < end: return capacity
        case .asking(let question): return await question.value
        default: break
        }
        // A task of its own: whoever asked first may be cancelled, and the others wait for the same answer.
        let question = Task { await ask(region) }
        memories[region] = .asking(question)
        let capacity = await question.value
        memories[region] = .known(capacity, until: .now + lifetime)
        return capacity
    }

    private func ask(_ region: Region) async -> RegionCapacity? {
        do {
            return try await bus.call(Subjects.Cluster.capacity(region), timeout: deadline)
        } catch {
            logger.debug("Capacity not known", metadata: ["region": "\(region)", "error": "\(error)"])
            return nil
        }
    }
}
