import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ServiceRuntime
import StoreContracts

/// Talks to one store's REST API through the ingress, with the store's host: no redirects, nothing larger than a few megabytes.
struct StoreClient: Sendable {
    let http: HTTPClient
    /// Where the ingress controller listens, without a slash at the end.
    let ingressURL: String
    /// The store's address as its shoppers see it.
    let url: String
    let host: String
    var timeout = TimeAmount.seconds(10)
    private static let longestAnswer = 4 << 20

    /// Sends one request; throws `LegFailure` where nothing answers.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: [(String, String)] = [],
        body: JSONValue? = nil
    ) async throws -> StoreReply {
        try await send(
            method,
            target,
            headers: headers,
            content: try body.map { ("application/json", try PlatformJSON.encode($0)) }
        )
    }

    /// Sends a form as a browser does; throws `LegFailure` where nothing answers.
    func submit(
        _ target: String,
        _ fields: [(name: String, value: String)],
        headers: [(String, String)] = []
    ) async throws -> StoreReply {
        let form = fields.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        let content = ("application/x-www-form-urlencoded", Array(form.utf8))
        return try await send(.POST, target, headers: headers, content: content)
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: [(String, String)],
        content: (type: String, bytes: [UInt8])?
    ) async throws -> StoreReply {
        var request = HTTPClientRequest(url: ingressURL + target)
        request.method = method
        request.headers.add(name: "Host", value: StorefrontProbe.hostHeader(url) ?? host)
        request.headers.add(name: "X-Forwarded-Proto", value: url.hasPrefix("https:") ? "https" : "http")
        request.headers.add(name: "User-Agent", value: "store-platform-provisioner")
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Cache-Control", value: "no-cache")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let content {
            request.headers.add(name: "Content-Type", value: content.type)
            request.body = .bytes(ByteBuffer(bytes: content.bytes))
        }
        do {
            let response = try await http.execute(request, timeout: timeout)
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            return StoreReply(
                status: Int(response.status.code),
                headers: response.headers.map { ($0.name, $0.value) },
                body: Array(body.readableBytesView)
            )
        } catch let error as HTTPClientError {
            throw LegFailure(message: "no answer: \(error.shortDescription)")
        } catch is NIOTooManyBytesError {
            throw LegFailure(message: "the answer is too long")
        } catch {
            throw LegFailure(message: "no connection")
        }
    }
}
