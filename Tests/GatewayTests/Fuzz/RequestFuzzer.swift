import TestSupport

/// Makes requests that are wrong in some way, and some that are not: from the grammar, with pieces from a bad person's
/// drawer, and then with bytes changed at random.
struct RequestFuzzer {
    private var random: SeededRandom
    private let key: String

    init(seed: UInt64, key: String) {
        random = SeededRandom(seed: seed)
        self.key = key
    }

    /// The bytes of one request, or of a few.
    mutating func make() -> [UInt8] {
        var bytes = request()
        while random.chance(10) { bytes += request() }
        if random.chance(30) { mutate(&bytes) }
        return bytes
    }

    private mutating func request() -> [UInt8] {
        let body = random.chance(60) ? makeBody() : []
        var lines = [
            "\(random.pick(Self.methods)) \(target()) \(random.chance(95) ? "HTTP/1.1" : random.pick(Self.versions))"
        ]
        if random.chance(97) {
            lines.append("Host: \(random.pick(["t", "gateway.test", "[::1]:80", "", "a b", "\u{7f}"]))")
        }
        if random.chance(70) { lines.append("Authorization: Bearer \(key)") }
        if random.chance(70) { lines.append("Content-Type: \(random.pick(Self.types))") }
        if !body.isEmpty, random.chance(92) { lines.append("Content-Length: \(body.count)") }
        for _ in 0..<Int.random(in: 0...4, using: &random) { lines.append(random.pick(Self.fields)) }
        if random.chance(2) { lines += Array(repeating: "X: y", count: Int.random(in: 50...2000, using: &random)) }
        lines.shuffleTail(using: &random)
        let end = random.chance(96) ? "\r\n" : random.pick(["\n", "\r", "\n\r", "\r\r\n", "\0\r\n"])
        return Array(lines.joined(separator: end).utf8) + Array((end + end).utf8) + body
    }

    private mutating func target() -> String {
        var path = random.pick(Self.paths)
        if random.chance(20) { path += random.pick(Self.pieces) }
        if random.chance(40) { path += "?" + random.pick(Self.queries) + random.pick(["", "&", "=", "&&a=b", "%"]) }
        return path
    }

    private mutating func makeBody() -> [UInt8] {
        var bytes = Array(random.pick(Self.bodies).utf8)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: bytes = Array(repeating: UInt8(ascii: random.pick(["[", "{", "\"", "9"])), count: 30_000)
        case 1: bytes = Array(String(repeating: #"{"name":"#, count: 4000).utf8)
        case 2: bytes += [0xFF, 0xFE, 0x00]
        case 3: mutate(&bytes)
        default: break
        }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(random.pick([0, 10, 13, 32, 37, 47, 58, 0x80, 0xC0, 0xFF]), at: place)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...20, using: &random)))
            }
        }
    }

    private static let methods = [
        "GET", "GET", "GET", "POST", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT", "TRACE", "get", "G\u{e9}T",
        "X-Y",
    ]
    private static let versions = ["HTTP/1.0", "HTTP/1.2", "HTTP/1.1 ", "http/1.1", "HTTP/11", ""]
    private static let paths = [
        "/", "/api/stores", "/api/stores/01J0000000000000000000000A", "/api/stores/01J0000000000000000000000A/retry",
        "/api/stores/%00", "/api/stores/01J0000000000000000000000A/events", "/api/session", "/api/me", "/api/plans",
        "/api/operations", "/api/operations/x", "/health", "/ready", "/api/users", "/api/users/me/keys", "/api/audit",
        "/api/overview", "/api/stores/01J0000000000000000000000A/pods", "/openapi.json", "/docs", "/index.html", "*",
        "http://t/api/me", "http://", "//", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/api%2fstores",
        "/api//stores",
        "/api/stores/", "/\u{e9}\u{1F600}", "/%C3%28", "/%", "/a#b",
    ]
    private static let pieces = [
        "/", "/..", "/%2e", "%00", "%ff", "%", "\\", ";a=b", "/\u{202e}", String(repeating: "/a", count: 2000),
    ]
    private static let queries = [
        "limit=10", "limit=-1", "limit=99999999999999999999", "limit=1e3", "cursor=x", "cursor=%00", "q=%ff",
        "q=\u{e9}",
        "status=READY&status=FAILED", "status=", "a", "=", "q=" + String(repeating: "x", count: 3000), "from=yesterday",
        "storeId=01J0000000000000000000000A", "sort=-name", "degraded=maybe", "%zz", "limit=+5",
        "cursor=" + String(repeating: "A", count: 600),
    ]
    private static let types = [
        "application/json", "application/json", "application/json; charset=utf-8", "text/plain", "", ";;;",
        "application/json;charset=\"",
        "application/merge-patch+json",
    ]
    private static let fields = [
        "Content-Length: 5", "Content-Length: +5", "Content-Length: -1", "Content-Length: 99999999999999999999",
        "Content-Length:",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Transfer-Encoding : chunked", "Expect: 100-continue",
        "Expect: x",
        "If-None-Match: *", "If-None-Match: W/\"\"", "If-Match: \"", "If-Match: ,,,", "Accept-Encoding: gzip",
        "Accept-Encoding: ;;q=",
        "Cookie: store_platform_session=x", "Cookie: ;;;==", "Last-Event-ID: 1-1",
        "Last-Event-ID: 18446744073709551616-0",
        "X-Forwarded-For: 1.2.3.4", "Origin: null", "Origin: https://a.example", "Access-Control-Request-Method: PUT",
        "Idempotency-Key: \u{e9}", "Idempotency-Key: ", "X-Request-Id: ../../x", "X-API-Key: short",
        "Authorization: Basic Og==",
        "Authorization:", "Upgrade: h2c", "Connection: upgrade", "Connection: close", "Range: bytes=0-1", ": empty",
        "no colon",
        " folded", "A: b\nC: d", "A: \0", "Content-Encoding: gzip", "Sec-Fetch-Site: cross-site", "Host: second",
    ]
    private static let bodies = [
        #"{"name":"acme","engine":"woocommerce"}"#, #"{"name":"acme","name":"other","engine":"woocommerce"}"#, "{}",
        "[]", "null",
        #"{"displayName":"\u0000"}"#, #"{"displayName":"\ud800"}"#, #"{"deletionProtection":"yes"}"#, #"{"key":"x"}"#,
        #"{"name":1e999,"engine":-0}"#, #"{"name":["a"],"engine":{"a":{}}}"#, "{\"a\":\"\u{FFFF}\"}", "0\r\n\r\n",
        "5\r\nabcde\r\n0\r\n\r\n",
        "ffffffffffffffff\r\n", #"{"email":"a@b","name":"x","role":"admin"}"#, #"{"scopes":["read","write","all"]}"#,
        #"{"expiresAt":"9999-99-99T99:99:99Z"}"#, #"{"overlapSeconds":-1}"#, #"{"maxStores":9223372036854775808}"#,
    ]
}

extension [String] {
    /// All but the first in another order.
    fileprivate mutating func shuffleTail(using random: inout SeededRandom) {
        guard count > 2 else { return }
        self[1...].shuffle(using: &random)
    }
}
