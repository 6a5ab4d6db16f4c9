import MessageBus

/// A configured instance id, held by one process at a time: two with one id would read from one inbox, be one consumer
/// of each group, and take each other's messages.
struct InstanceClaim: Sendable {
    private let instance: String
    private let key: BusKeys.Key
    private let holder: String
    private let lifetime: Duration

    /// `lifetime`: how long the id stays taken when its process dies.
    init(_ instance: String, _ keys: BusKeys, lifetime: Duration) {
        self.instance = instance
        self.lifetime = lifetime
        key = keys.claim(instance)
        holder = String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// The id of a process: the configured one, or one made at random.
    static func instance(_ configuration: RedisBusConfiguration) throws -> String {
        guard let instance = configuration.instance else {
            return String(UInt64.random(in: (1 << 50)...(1 << 56)), radix: 36)
        }
        let isFine =
            (1...32).contains(instance.utf8.count)
            && instance.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
        guard isFine else {
            throw BusError(.invalidSubject, "an instance id has 1 to 32 of A-Z a-z 0-9 - _")
        }
        return instance
    }

    /// Takes the id or holds it for another lifetime; `INSTANCETAKEN` when another process has it.
    var command: RedisCommand {
        var command = RedisScript.claimInstance.callBySource(keys: [key], argumentCount: 3)
        command.add(holder)
        command.add(lifetime.milliseconds)
        command.add(instance)
        return command
    }

    /// Gives the id back, if it is ours.
    var release: RedisCommand {
        var command = RedisScript.releaseInstance.callBySource(keys: [key], argumentCount: 1)
        command.add(holder)
        return command
    }
}
