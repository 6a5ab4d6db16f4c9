import Foundation
import ServiceRuntime
import StoreContracts
import Testing

@testable import Gateway

@Suite struct ReadinessRuleTests {
    private let start = ContinuousClock.now
    private static let needs = [
        "store-service": ["redis", "postgres"], "provisioner": ["redis", "kubernetes"],
        "namespace-guard": ["redis", "kubernetes"], "metrics-collector": ["redis"],
    ]

    private func snapshot(_ service: String, instance: String = "1", down: [String] = []) -> ServiceSnapshot {
        let dependencies = (Self.needs[service] ?? []).map { name in
            DependencyState(
                name: name,
                status: down.contains(name) ? .down : .up,
                detail: down.contains(name) ? "refused" : nil,
                since: .distantPast
            )
        }
        return ServiceSnapshot(
            service: service,
            instance: instance,
            dependencies: dependencies,
            metrics: MetricsSnapshot()
        )
    }

    private func allUp() -> ReadinessRule {
        var rule = ReadinessRule()
        for service in ReadinessRule.services { rule.note(snapshot(service), at: start) }
        return rule
    }

    private func down(_ rule: ReadinessRule, after time: Duration = .zero) -> [String: String] {
        let checks = rule.checks(at: start + time).filter { $0.status == .down }
        return Dictionary(uniqueKeysWithValues: checks.map { ($0.name, $0.detail ?? "") })
    }

    @Test func `is ready when every service has spoken and has what it needs`() {
        #expect(down(allUp()).isEmpty)
        #expect(allUp().checks(at: start).map(\.name) == ReadinessRule.services + ReadinessRule.backends)
    }

    @Test func `is not ready before anyone has spoken`() {
        #expect(down(ReadinessRule()).count == 6)
    }

    @Test func `a report is good for ten seconds`() {
        #expect(down(allUp(), after: .seconds(10)).isEmpty)
        #expect(down(allUp(), after: .milliseconds(10_001)).count == 6)
    }

    @Test func `says which service waits for what, and why`() {
        var rule = allUp()
        rule.note(snapshot("store-service", down: ["postgres"]), at: start)

        let down = down(rule)
        #expect(down["store-service"] == "waits for postgres")
        #expect(down["postgres"] == "store-service cannot reach it: refused")
        #expect(down.count == 2)
    }

    @Test func `one ready instance is enough`() {
        var rule = allUp()
        rule.note(snapshot("provisioner", instance: "2", down: ["kubernetes"]), at: start)

        #expect(down(rule).isEmpty)
        #expect(rule.checks(at: start).first { $0.name == "provisioner" }?.detail == "1 of 2 instances are ready")
    }

    @Test func `who is not asked is not remembered`() {
        var rule = allUp()
        for number in 0..<100 { rule.note(snapshot("intruder-\(number)", down: ["postgres"]), at: start) }

        #expect(down(rule).isEmpty)
    }
}
