/// What Redis or the way to it refused, sorted by what must be done about it.
package struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What to do about it; decided from the reply's first word, which is part of Redis' protocol.
    package enum Code: Sendable, Hashable {
        /// `NOGROUP`, or the stream vanished under a blocked read: create the group again.
        case noGroup
        /// `NOSCRIPT`: send the script's source once.
        case noScript
        /// `BUSYGROUP`: the group exists already, which is success.
        case groupExists
        /// `LOADING`, `BUSY`, `MASTERDOWN`, `TRYAGAIN`, `CLUSTERDOWN`: passes by itself.
        case transient
        /// `READONLY`, or a blocked read was ended by a failover: connect anew.
        case failover
        /// `OOM`: writes that need memory fail, everything else goes on.
        case outOfMemory
        /// `MISCONF`, `NOREPLICAS`: Redis takes no writes.
        case writesRefused
        /// `NOAUTH`, `WRONGPASS`, `NOPERM`, or TLS that one side does not trust: retrying does not help.
        case denied
        /// `WRONGTYPE`: something else lies under our key.
        case wrongType
        /// `WRONGSEQ`, from our own publish script: the stream's last id is not the expected one.
        case wrongSequence
        /// `INSTANCETAKEN`, from our own script: another process lives with our instance id.
        case instanceTaken
        /// Any other error reply.
        case reply
        /// The connection ended after the command was written: it may or may not have run.
        case connectionLost
        /// There is no connection: the command was never written.
        case unavailable
        /// The server may not be used as it is configured; the message says why.
        case unsuitable
        /// Redis answered in a shape we do not know.
        case unexpectedReply
        /// This side closed the connection.
        case closed
    }

    /// What to do about it.
    package let code: Code
    /// Redis' words, or ours; holds no body and no password.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Sorts an error reply by its first word.
    init(reply: String) {
        message = reply
        let word = reply.prefix { $0 != " " }
        switch word {
        case "NOGROUP": code = .noGroup
        case "UNBLOCKED": code = reply.contains("instance state changed") ? .failover : .noGroup
        case "NOSCRIPT": code = .noScript
        case "BUSYGROUP": code = .groupExists
        case "LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN": code = .transient
        case "READONLY": code = .failover
        case "OOM": code = .outOfMemory
        case "MISCONF", "NOREPLICAS": code = .writesRefused
        case "NOAUTH", "WRONGPASS", "NOPERM": code = .denied
        case "WRONGTYPE": code = .wrongType
        case "WRONGSEQ": code = .wrongSequence
        case "INSTANCETAKEN": code = .instanceTaken
        // What NOPERM is called when it happens inside a script.
        case "ERR" where reply.hasPrefix("ERR The user executing the script can't "): code = .denied
        default: code = .reply
        }
    }

    package var description: String { "\(code): \(message)" }

    /// Whether we are refused in principle, until somebody changes something.
    var isRefusal: Bool { code == .denied || code == .unsuitable || code == .instanceTaken }

    /// Whether the same command may succeed later without anybody changing anything.
    package var isTransient: Bool {
        switch code {
        case .transient, .failover, .connectionLost, .unavailable: true
        default: false
        }
    }
}
