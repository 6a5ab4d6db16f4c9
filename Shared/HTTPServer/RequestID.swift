/// Chooses a request's id.
enum RequestID {
    static let header = "X-Request-Id"

    /// The client's id if it can stand in a log line and a header without harm, else 120 random bits in base 32.
    static func choose(_ offered: String?) -> String {
        if let offered, isAcceptable(offered) { return offered }
        var random = SystemRandomNumberGenerator()
        return generate(&random)
    }

    static func generate(_ random: inout some RandomNumberGenerator) -> String {
        var characters = [UInt8]()
        characters.reserveCapacity(24)
        for _ in 0..<2 {
            let bits: UInt64 = random.next()
            for position in 0..<12 { characters.append(alphabet[Int(truncatingIfNeeded: bits >> (position * 5)) & 31]) }
        }
        return String(decoding: characters, as: UTF8.self)
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

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
