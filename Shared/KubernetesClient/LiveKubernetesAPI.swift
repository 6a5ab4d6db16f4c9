import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import ServiceRuntime
import Synchronization

/// The Kubernetes API over HTTPS.
///
/// Needs nothing to exist when it is made: while there is no kubeconfig, or no server, each call throws an error with
/// `isOutage`. New credentials are picked up by themselves.
package final class LiveKubernetesAPI: KubernetesAPI {
    /// An answer that is not an error.
    struct Answer: Sendable {
        let body: ByteBuffer
    }

    enum ContentType: String {
        case json = "application/json"
        case apply = "application/apply-patch+yaml"
        case mergePatch = "application/merge-patch+json"
    }

    let connection: KubernetesConnection
    private let callTimeout: Duration
    let pace: Mutex<RequestPace>
    let retry = RequestRetry()
    /// The largest answer that is read, so that a broken server can't fill the memory.
    private static let maximumAnswer = 256 << 20

    /// - Parameters:
    ///   - limit: how many requests may go out; a watch counts once, when it begins. Who comes first goes first.
    ///   - callTimeout: for each attempt of each call but watches, from the first byte to the last.
    package init(
        configuration: KubernetesConfiguration,
        limit: RequestLimit = .usual,
        callTimeout: Duration = .seconds(20)
    ) {
        self.connection = KubernetesConnection(configuration: configuration)
        self.pace = Mutex(RequestPace(limit, now: .now))
        self.callTimeout = callTimeout
    }

    /// Lets go of the connections; calls under way fail. To be called once, at the end.
    package func close() async {
        await connection.close()
    }

    /// Sends a request and reads the whole answer; an error status is thrown. Where the server asks for patience and has
    /// not touched the request it is sent again, within bounds.
    func call(
        _ method: HTTPMethod,
        _ path: RequestPath,
        body: JSONValue? = nil,
        contentType: ContentType = .json
    ) async throws -> Answer {
        let bytes = try body.map { try PlatformJSON.encode($0) }
        return try await retrying(method) {
            try await awaitTurn()
            let deadline = NIODeadline.now() + TimeAmount(callTimeout)
            return try await Self.translatingErrors {
                let response = try await self.send(method, path, bytes, contentType, deadline)
                return Answer(body: try await response.body.collect(upTo: Self.maximumAnswer))
            }
        }
    }

    /// Sends a request and returns once the status is known to be no error; the body comes later.
    func send(
        _ method: HTTPMethod,
        _ path: RequestPath,
        _ body: [UInt8]?,
        _ contentType: ContentType,
        _ deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        let client = try await connection.client()
        var request = HTTPClientRequest(url: client.endpoint.url + path.description)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "store-platform")
        if let token = client.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: contentType.rawValue)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await client.http.execute(request, deadline: deadline)
        guard response.status.code >= 400 else { return response }
        if response.status == .unauthorized { await connection.distrustToken() }
        if response.status == .tooManyRequests { Self.countThrottled(by: "server") }
        let text = try await response.body.collect(upTo: 1 << 20)
        throw KubernetesError(
            httpStatus: Int(response.status.code),
            // An error that does not come from the API server itself (a proxy's) is no Status object.
            status: try? PlatformJSON.decode(JSONValue.self, from: Array(text.readableBytesView)),
            retryAfterHeader: response.headers.first(name: "Retry-After")
        )
    }

    /// What goes wrong below HTTP, as `KubernetesError`; cancellation stays what it is.
    static func translatingErrors<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as KubernetesError {
            throw error
        } catch {
            try Task.checkCancellation()
            if error is CancellationError { throw error }
            switch error as? HTTPClientError {
            case .deadlineExceeded, .readTimeout, .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
                throw KubernetesError(code: .timeout, message: "Kubernetes did not answer in time", cause: error)
            default:
                throw KubernetesError(code: .unreachable, message: "Kubernetes cannot be reached", cause: error)
            }
        }
    }

    /// Reads an answer as JSON; throws `malformed`.
    static func decode(_ bytes: some Sequence<UInt8>) throws -> JSONValue {
        do {
            return try PlatformJSON.decode(JSONValue.self, from: Array(bytes))
        } catch {
            throw KubernetesError(code: .malformed, message: "Kubernetes answered with something that is not JSON")
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        self = .milliseconds(Int64(duration.seconds * 1000))
    }
}
