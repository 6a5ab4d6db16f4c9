import Foundation
import StoreDomain
import Testing

@testable import Provisioner

/// The table of real texts, walked.
@Suite struct ClusterTextTests {
    private func symptoms(_ text: ClusterText) throws -> [Symptom] {
        Symptoms.all(in: try text.observation, generation: 1)
    }

    @Test(arguments: ClusterText.all)
    func `a real text gets its code`(text: ClusterText) throws {
        let observation = try text.observation
        let seen = Symptoms.all(in: observation, generation: 1).map { PersistentSymptom(symptom: $0, age: 0) }
        guard let code = text.code else {
            #expect(seen.isEmpty, "\(seen)")
            return
        }
        let step = try #require(ProvisionProgress(observation, generation: 1).next)
        let failure = try #require(FailureDiagnosis(step: step, symptoms: seen).verdict(isOverdue: true))
        #expect(failure.code == code, "\(failure)")
        #expect(!failure.evidence.isEmpty)
        #expect(!failure.hint.isEmpty)
        if case .release = text.place { return }
        guard let words = text.text.split(separator: "\n").last?.prefix(60) else { return }
        #expect(failure.message.contains(words), "\(failure.message)")
    }

    @Test func `every code has a text, but for those that are seen otherwise`() {
        #expect(Set(ClusterText.all.compactMap(\.code)) == Set(StoreFailure.Code.allCases))
    }

    @Test(arguments: [
        ClusterText.Place.maker("ReplicaSet", "store-wordpress-7d4"), .maker("Job", "store-setup-1"),
        .waiting("SomethingNew"), .pod("SomethingNew", phase: "Pending"), .pod("SomethingNew", phase: "Running"),
        .podFailed("SomethingNew"), .claim("SomethingNew"),
    ])
    func `an unknown text gives nothing, and a timeout in the end`(place: ClusterText.Place) throws {
        let text = ClusterText(nil, place, "the flux capacitor is out of plutonium", "nowhere")
        #expect(try symptoms(text).isEmpty)
        let verdict = FailureDiagnosis(step: .awaitWorkloads, symptoms: []).verdict(isOverdue: true)
        #expect(verdict?.code == .timeout)
    }

    @Test func `a store that is well has no symptoms`() {
        #expect(Symptoms.all(in: Fixtures.ready, generation: 1).isEmpty)
        #expect(Symptoms.all(in: Fixtures.installing, generation: 1).isEmpty)
    }

    /// What was wrong on the way is told by events for an hour: it must not be held against a store that runs.
    @Test(arguments: ClusterText.all)
    func `a text left over says nothing against a store that is ready`(text: ClusterText) throws {
        var observation = Fixtures.ready
        observation.warnings = try text.observation.warnings
        #expect(Symptoms.all(in: observation, generation: 1).isEmpty)
    }
}
