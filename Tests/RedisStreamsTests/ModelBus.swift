import MessageBus

/// What an implementation must be able to do to be compared with the model: its own code, moved step by step and with a
/// clock that jumps.
protocol ModelBus: Sendable {
    /// Whether others know at once that a member died.
    var knowsDeath: Bool { get }
    /// Whether a member that drains takes back the deliveries it gives back.
    var uncountsReleased: Bool { get }

    func append(messageID: String?) async throws -> (id: StreamID, isDuplicate: Bool)
    /// Takes at most `count`; what comes again is listed before what is new.
    func take(_ member: Int, _ count: Int) async throws -> (again: [ModelDelivery], new: [ModelDelivery])
    /// 1 or 0 for yes or no, the number of messages for `ackAll`; nil where nobody is told.
    func settle(_ delivery: ModelDelivery, _ how: ModelOperation.Settling) async throws -> Int?
    func advance(milliseconds: Int) async throws
    func kill(_ member: Int) async throws
    /// Whether nothing was left behind.
    func drain(_ member: Int) async throws -> Bool
    func redrive(_ deadLetter: StreamID) async throws -> StreamID
    func audit() async throws -> ModelAudit
}

/// A message in a member's hand, as it was given.
struct ModelDelivery: Hashable, Sendable {
    let id: StreamID
    let member: Int
    let deliveries: Int
}

/// All that an implementation knows of one stream and its consumer.
struct ModelAudit: Sendable {
    struct Pending: Hashable, Sendable {
        /// Nil where nobody holds it.
        let member: Int?
        let deliveries: Int
    }

    struct DeadLetter: Hashable, Sendable {
        let message: StreamID
        let deliveries: Int
        let reason: String
    }

    var log: [StreamID] = []
    var pending: [StreamID: Pending] = [:]
    /// By their own ids.
    var dead: [StreamID: DeadLetter] = [:]
}

/// The settings of one run. Waits end a quarter or half step beside every step of the clock, so that the time the run
/// itself takes decides nothing.
struct ModelSettings: Sendable {
    static let step = 1_000_000
    let isWorkQueue: Bool
    /// All members together hold no more than this; nil: any number.
    let limit: Int?
    let maximumDeliveries = 4

    var retention: StreamConfiguration.Retention {
        isWorkQueue ? .workQueue : .limits(maximumMessages: 1_000_000)
    }

    var consumer: ConsumerConfiguration {
        ConsumerConfiguration(
            stream: "MODEL",
            durable: "worker",
            acknowledgeWait: .milliseconds(Self.step * 7 / 2),
            backoff: [.milliseconds(Self.step / 2), .milliseconds(Self.step * 11 / 2)],
            maximumDeliveries: maximumDeliveries,
            maximumAcknowledgePending: limit
        )
    }

    /// How long a delivery may be silent: written out here, so that the model does not ask what it checks.
    static func silence(_ deliveries: Int) -> Int { deliveries <= 1 ? step * 7 / 2 : step * 11 / 2 }

    static func delay(_ steps: Int) -> Int { steps < 0 ? 0 : steps * step + step / 4 }
}
