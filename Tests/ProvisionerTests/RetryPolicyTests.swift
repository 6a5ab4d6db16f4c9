import Foundation
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct RetryPolicyTests {
    private let now = Fixtures.now

    private func failure(_ code: StoreFailure.Code = .imagePullFailed, retryable: Bool = true) -> StoreFailure {
        StoreFailure(code: code, step: .configureStore, message: "m", hint: "h", retryable: retryable)
    }

    /// When each retry is due and begins, each attempt failing again after `seconds`; then when all was given up.
    private func course(attemptsTaking seconds: TimeInterval) -> (dues: [TimeInterval], end: TimeInterval) {
        var policy = RetryPolicy()
        var time = now
        var dues: [TimeInterval] = []
        while let retry = policy.granting(after: failure(), now: time) {
            policy.wait(for: retry, now: time)
            dues.append(retry.due.timeIntervalSince(now))
            policy.start(now: retry.due)
            time = retry.due.addingTimeInterval(seconds)
        }
        return (dues, time.timeIntervalSince(now))
    }

    @Test func `three retries after 2, 4 and 8 seconds`() {
        let (dues, end) = course(attemptsTaking: 0)
        #expect(dues == [2, 6, 14])
        #expect(end == 14)
    }

    @Test(arguments: [0.0, 3, 7, 15, 25]) func `all ends within the minute, however long attempts take`(seconds: Double)
    {
        let (dues, end) = course(attemptsTaking: seconds)
        #expect(dues.count >= 1)
        #expect(end <= RetryPolicy.budget)
    }

    @Test func `an attempt is begun while it may take a quarter longer than the last one`() {
        #expect(course(attemptsTaking: 12).dues.count == 2)
        #expect(course(attemptsTaking: 14).dues.count == 1)
    }

    @Test func `what cannot pass, and what took too long, is not tried again`() {
        #expect(RetryPolicy().granting(after: failure(retryable: false), now: now) == nil)
        #expect(RetryPolicy().granting(after: failure(.timeout), now: now) == nil)
    }

    @Test func `after a retry the same trouble decides sooner, another one does not`() throws {
        var policy = RetryPolicy()
        func judged(_ code: StoreFailure.Code, grace: Duration?) -> Duration? {
            let symptom = Symptom(key: "k", code: code, message: "", evidence: [], grace: grace, retryable: true)
            return policy.judged([PersistentSymptom(symptom: symptom, age: 0)])[0].symptom.grace
        }
        #expect(judged(.imagePullFailed, grace: .seconds(20)) == .seconds(20))
        let retry = try #require(policy.granting(after: failure(), now: now))
        policy.wait(for: retry, now: now)
        #expect(judged(.imagePullFailed, grace: .seconds(20)) == .seconds(5))
        #expect(judged(.imagePullFailed, grace: nil) == .seconds(5))
        #expect(judged(.imagePullFailed, grace: .seconds(1)) == .seconds(1))
        #expect(judged(.unschedulable, grace: nil) == nil)
    }
}
