import Testing

@testable import KubernetesClient

@Suite struct RequestRetryTests {
    private let retry = RequestRetry()

    private func delay(
        _ code: KubernetesError.Code,
        retryAfter: Duration? = nil,
        failures: Int = 1,
        waited: Duration = .zero,
        isRepeatable: Bool = false,
        random: Double = 0
    ) -> Duration? {
        retry.delay(
            after: KubernetesError(code: code, message: "", retryAfter: retryAfter),
            failures: failures,
            waited: waited,
            isRepeatable: isRepeatable,
            random: random
        )
    }

    @Test func `too many requests is sent again when the server says, a little spread`() {
        #expect(delay(.tooManyRequests, retryAfter: .seconds(3)) == .seconds(3))
        #expect(delay(.tooManyRequests, retryAfter: .seconds(3), random: 1) == .milliseconds(3250))
    }

    @Test func `without a time the waits grow`() throws {
        let waits = try (1...4).map { try #require(delay(.tooManyRequests, failures: $0)) }

        #expect(waits == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
    }

    @Test func `a server that is away for a moment is asked again only for what may be repeated`() {
        #expect(delay(.server, retryAfter: .seconds(1), isRepeatable: true) == .seconds(1))
        #expect(delay(.server, retryAfter: .seconds(1), isRepeatable: false) == nil)
        #expect(delay(.server, isRepeatable: true) == nil)
    }

    @Test func `it ends: by number, and by time`() {
        #expect(delay(.tooManyRequests, failures: 5) != nil)
        #expect(delay(.tooManyRequests, failures: 6) == nil)
        #expect(delay(.tooManyRequests, retryAfter: .seconds(5), waited: .seconds(15)) != nil)
        #expect(delay(.tooManyRequests, retryAfter: .seconds(6), waited: .seconds(15)) == nil)
        #expect(delay(.tooManyRequests, retryAfter: .seconds(3600)) == nil)
    }

    @Test(arguments: [
        KubernetesError.Code.notFound, .conflict, .alreadyExists, .forbidden, .invalid, .unreachable, .timeout,
    ])
    func `everything else is the caller's`(code: KubernetesError.Code) {
        #expect(delay(code, retryAfter: .seconds(1), isRepeatable: true) == nil)
    }
}
