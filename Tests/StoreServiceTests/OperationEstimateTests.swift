import Foundation
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite struct OperationEstimateTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func after(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    /// An operation that was accepted at 0 and taken up at 1, with steps that ended at these seconds.
    private func operation(
        _ kind: OperationResource.Kind = .create,
        _ status: OperationResource.Status = .running,
        ends: [(String, Double)] = [],
        finished: Double? = nil,
        expectation: OperationExpectation? = nil
    ) throws -> OperationRecord {
        OperationRecord(
            id: try #require(OperationID("01J00000000000000000000001")),
            kind: kind,
            storeID: try #require(StoreID("01J00000000000000000000002")),
            ownerID: try #require(UserID("01J00000000000000000000003")),
            generation: 1,
            status: status,
            steps: ends.map { .init(name: $0.0, finishedAt: after($0.1), duration: nil) },
            startedAt: start,
            beganAt: status == .pending ? nil : after(1),
            finishedAt: finished.map(after),
            expectation: expectation
        )
    }

    /// A deletion that took 4 seconds for the release and 6 for the namespace, after one of waiting.
    private var measured: OperationExpectation {
        OperationExpectation(.delete, earlier: [sample(.delete, ["UninstallRelease": 5, "ReleaseNamespace": 11])])
    }

    private func sample(_ kind: OperationResource.Kind, began: Double = 1, _ ends: [String: Double]) -> OperationSample
    {
        OperationSample(
            kind: kind,
            startedAt: start,
            beganAt: after(began),
            steps: ends.map { .init(name: $0.key, finishedAt: after($0.value), duration: nil) }
        )
    }

    @Test func `the time of a step is that since the steps before it, in whatever order they ended`() {
        let sample = sample(
            .create,
            ["EnsureNamespace": 3, "EnsureSecrets": 2, "InstallRelease": 4.5, "VerifyOrderPath": 10]
        )

        #expect(sample.wait == 1)
        #expect(
            sample.seconds == ["EnsureNamespace": 2, "EnsureSecrets": 0, "InstallRelease": 1.5, "VerifyOrderPath": 5.5]
        )
    }

    @Test func `what is expected is the median, step by step`() {
        let samples = [(2.0, 4.0), (3, 30), (10, 11)].map {
            sample(.delete, ["UninstallRelease": 1 + $0.0, "ReleaseNamespace": 1 + $0.1])
        }

        let expected = OperationExpectation(.delete, earlier: samples)

        #expect(expected.isMeasured)
        #expect(expected.wait == 1)
        #expect(expected.steps.map(\.name) == ["UninstallRelease", "ReleaseNamespace"])
        #expect(expected.steps.map(\.seconds) == [3, 2])
    }

    @Test func `a step that most passed over is expected to take no time`() {
        let samples = [
            sample(.retry, ["EnsureSecrets": 1.5, "VerifyOrderPath": 5]),
            sample(.retry, ["EnsureSecrets": 1.5, "VerifyOrderPath": 5]),
            sample(.retry, ["EnsureNamespace": 3, "EnsureSecrets": 3, "VerifyOrderPath": 5]),
        ]

        let expected = OperationExpectation(.retry, earlier: samples)

        #expect(expected.steps.map(\.name) == ProvisioningStep.allCases.map(\.rawValue))
        #expect(expected.steps.first?.seconds == 0)
        #expect(expected.total == 4)
    }

    @Test func `without history there is progress and no promise`() throws {
        let estimate = OperationEstimate(try operation(ends: [("EnsureNamespace", 2)]), at: after(3))

        #expect(estimate.progress > 0)
        #expect(estimate.currentStep == "EnsureSecrets")
        #expect(estimate.seconds == nil)
    }

    @Test func `time in the step under way counts, and never as much as the step`() throws {
        let deletion = try operation(.delete, ends: [("UninstallRelease", 5)], expectation: measured)

        let early = OperationEstimate(deletion, at: after(6.5))
        let late = OperationEstimate(deletion, at: after(20))

        #expect(early.progress == 55)
        #expect(early.currentStep == "ReleaseNamespace")
        #expect(early.seconds == 4.5)
        #expect(late.progress == 97)
        #expect(late.seconds == 0)
    }

    @Test func `what takes much longer than ever before is not promised any more`() throws {
        let deletion = try operation(.delete, ends: [("UninstallRelease", 5)], expectation: measured)

        #expect(OperationEstimate(deletion, at: after(34)).seconds == nil)
    }

    @Test func `one that waits has no progress; it is promised until it waits for longer than others`() throws {
        let waiting = try operation(.delete, .pending, expectation: measured)

        #expect(OperationEstimate(waiting, at: start).seconds == 11)
        #expect(OperationEstimate(waiting, at: after(3)).seconds == 10)
        #expect(OperationEstimate(waiting, at: after(9)).seconds == nil)
        #expect(OperationEstimate(waiting, at: after(9)).progress == 0)
        #expect(OperationEstimate(waiting, at: after(9)).currentStep == nil)
    }

    @Test func `an end is 100 or stays where it was`() throws {
        let ends = [("UninstallRelease", 5.0), ("ReleaseNamespace", 11.0)]
        let done = try operation(.delete, .succeeded, ends: ends, finished: 11, expectation: measured)
        let failed = try operation(
            .delete,
            .failed,
            ends: [("UninstallRelease", 5)],
            finished: 8,
            expectation: measured
        )

        #expect(OperationEstimate(done, at: after(500)).progress == 100)
        let after8 = OperationEstimate(failed, at: after(8))
        #expect(after8 == OperationEstimate(failed, at: after(500)))
        #expect(after8.progress == 70)
        #expect(after8.currentStep == nil)
        #expect(after8.seconds == nil)
    }

    @Test func `all steps done and not yet ended is below 100`() throws {
        let ends = [("UninstallRelease", 5.0), ("ReleaseNamespace", 11.0)]
        let deletion = try operation(.delete, ends: ends, expectation: measured)

        #expect(OperationEstimate(deletion, at: after(11)).progress == 99)
    }

    @Test(arguments: 0..<50)
    func `progress never goes back, whatever the order and the times of the steps`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let names = ProvisioningStep.allCases.map(\.rawValue)
        let history = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            var time = 1.0
            return sample(
                .create,
                Dictionary(
                    uniqueKeysWithValues: names.map { name in
                        time += Double.random(in: 0...5, using: &random)
                        return (name, time)
                    }
                )
            )
        }
        let expectation = OperationExpectation(.create, earlier: history)
        let ends = names.shuffled(using: &random).map { ($0, Double.random(in: 1...40, using: &random)) }
            .sorted { $0.1 < $1.1 }
        var last = 0
        for tick in 0...200 {
            let time = Double(tick) / 5
            let seen = try operation(ends: ends.filter { $0.1 <= time }, expectation: expectation)
            let progress = OperationEstimate(seen, at: after(time)).progress

            #expect(progress >= last, "at \(time)")
            #expect(progress < 100)
            last = progress
        }
    }
}
