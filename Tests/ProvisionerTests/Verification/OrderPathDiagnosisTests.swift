import Foundation
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct OrderPathDiagnosisTests {
    private func symptoms(_ proof: OrderProof, ready: Bool = true) -> [Symptom] {
        var observation = Fixtures.ready
        observation.orderProof = proof
        if !ready { observation.workloads[0].ready = 0 }
        return Symptoms.all(in: observation, generation: 1)
    }

    @Test func `a guest's failed order is a symptom that decides after a while`() throws {
        let symptom = try #require(symptoms(.broken(leg: .checkout, message: "HTTP 500, no JSON")).first)
        #expect(symptom.code == .orderPathBroken)
        #expect(symptom.message == "A guest's order failed at checkout: HTTP 500, no JSON")
        #expect(symptom.evidence.first?.reason == "CheckoutFailed")
        #expect(!PersistentSymptom(symptom: symptom, age: 19).isDecisive)
        #expect(PersistentSymptom(symptom: symptom, age: 20).isDecisive)
        let verdict = FailureDiagnosis(
            step: .verifyOrderPath,
            symptoms: [PersistentSymptom(symptom: symptom, age: 20)]
        ).verdict(isOverdue: false)
        #expect(verdict?.code == .orderPathBroken)
        #expect(verdict?.retryable == true)
    }

    @Test func `a first proof must order, so an obstacle is a symptom, too`() {
        #expect(symptoms(.inconclusive(.nothingToSell)).map(\.code) == [.orderPathBroken])
        #expect(symptoms(.inconclusive(.cashOnDeliveryOff)).first?.evidence.first?.reason == "CashOnDeliveryOff")
    }

    @Test func `a proven order is none, nor is an old one while something else is missing`() {
        #expect(symptoms(Fixtures.sells).isEmpty)
        #expect(symptoms(.broken(leg: .cart, message: "m"), ready: false).allSatisfy { $0.code != .orderPathBroken })
    }
}
