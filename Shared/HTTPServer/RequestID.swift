import ServiceRuntime

/// Chooses a request's id.
enum RequestID {
    static let header = "X-Request-Id"

    /// The client's id if it can stand in a log line and a header without harm, else a new one.
    static func choose(_ offered: String?) -> String {
        if let offered, isAcceptable(offered) { return offered }
        return ULID.generate().string
    }

    static func isAcceptable(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
