import MessageBus

extension BusError {
    /// What a caller of the bus may make of an error of Redis.
    init(_ error: RedisError) {
        switch error.code {
        case .unavailable, .connectionLost, .transient, .failover:
            self.init(.unavailable, "Redis cannot be reached: \(error.message)", cause: error)
        case .denied, .unsuitable, .instanceTaken, .wrongType:
            self.init(.refused, error.message, cause: error)
        case .closed:
            self.init(.closed, "the bus is closed", cause: error)
        case .wrongSequence:
            let last = error.message.split(separator: " ").last.flatMap { StreamID($0) } ?? .zero
            self.init(.wrongLastSequence(last), "the stream's last id is \(last)", cause: error)
        case .noGroup, .noScript, .groupExists, .outOfMemory, .writesRefused, .reply, .unexpectedReply:
            self.init(.server, error.message, cause: error)
        }
    }

    /// Any error as one of the bus.
    static func from(_ error: any Error) -> BusError {
        switch error {
        case let error as BusError: error
        case let error as RedisError: BusError(error)
        default: BusError(.server, "\(error)", cause: error)
        }
    }
}
