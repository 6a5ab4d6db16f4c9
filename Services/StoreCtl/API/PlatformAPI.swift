import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceRuntime

/// The REST API of one platform, with one key. Safe from any task.
struct PlatformAPI: Sendable {
    /// What a request does.
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// An answer that is a success.
    struct Answer: Sendable {
        let headers: HTTPHeaders
        /// Null where there is no body.
        let json: JSONValue
    }

    let session: Session
    let client: HTTPClient
    var patience = PatienceRule()
    var deadline: TimeAmount = .seconds(30)

    /// Sends a request and reads its answer. Throws `APIProblem` for what was refused, and what the client throws.
    func call(
        _ method: Method,
        _ path: String,
        query: [(String, String?)] = [],
        body: JSONValue? = nil,
        idempotencyKey: String? = nil
    ) async throws -> Answer {
        var request = request(method, path, query)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try PlatformJSON.encode(body)))
        }
        if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
        let mayRepeat = method == .get || method == .delete || idempotencyKey != nil
        var attempt = 1
        while true {
            let response = try await reached { try await client.execute(request, timeout: deadline) }
            let bytes = Array(buffer: try await response.body.collect(upTo: 32 << 20))
            let status = Int(response.status.code)
            if (200..<300).contains(status) {
                return Answer(headers: response.headers, json: bytes.isEmpty ? .null : try Self.json(bytes))
            }
            let wait = patience.wait(
                afterStatus: status,
                retryAfter: response.headers.first(name: "Retry-After"),
                attempt: attempt,
                mayRepeat: mayRepeat
            )
            guard let wait else { throw APIProblem(status: status, body: bytes) }
            attempt += 1
            // What the platform asked for.
            try await Task.sleep(for: wait)
        }
    }

    /// All items of a list, page by page, at most `limit`.
    func all(_ path: String, query: [(String, String?)] = [], limit: Int = .max) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await call(.get, path, query: query + [("cursor", cursor)]).json
            items += page["items"]?.arrayValue ?? []
            cursor = page["nextCursor"]?.stringValue
        } while cursor != nil && items.count < limit
        return Array(items.prefix(limit))
    }

    /// Opens a stream of events (SSE); it ends when the platform ends it.
    func stream(
        _ path: String,
        query: [(String, String?)] = [],
        after id: String? = nil
    ) async throws -> EventStream {
        var request = request(.get, path, query)
        request.headers.replaceOrAdd(name: "Accept", value: "text/event-stream")
        if let id { request.headers.add(name: "Last-Event-ID", value: id) }
        // Only as long as it takes to begin: a stream lasts.
        let response = try await reached { try await client.execute(request, deadline: .distantFuture) }
        guard response.status == .ok else {
            let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
            throw APIProblem(status: Int(response.status.code), body: bytes)
        }
        return EventStream(body: response.body)
    }

    /// Whatever keeps a request from being answered means the same to whoever called.
    private func reached(_ body: () async throws -> HTTPClientResponse) async throws -> HTTPClientResponse {
        do { return try await body() } catch is CancellationError { throw CancellationError() } catch {
            try Task.checkCancellation()
            throw ToolFailure(.unavailable, "\(session.url) cannot be reached: \(error)")
        }
    }

    private func request(_ method: Method, _ path: String, _ query: [(String, String?)]) -> HTTPClientRequest {
        let items = query.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        var request = HTTPClientRequest(
            url: session.url + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
        )
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "Authorization", value: "Bearer \(session.key)")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "storectl/\(PlatformVersion.current)")
        return request
    }

    private static func json(_ bytes: [UInt8]) throws -> JSONValue {
        do { return try PlatformJSON.decode(from: bytes) } catch {
            throw ToolFailure(.failed, "the answer is no JSON: is this the URL of a Store Platform?")
        }
    }
}
