import ServiceRuntime
import StoreContracts

/// When the platform is ready: the gateway reaches Redis, and of each other service an instance has lately said that it
/// has all it needs. Pure: time comes in.
struct ReadinessRule: Sendable {
    /// One line of `/ready`.
    struct Check: Hashable, Sendable {
        let name: String
        let status: DependencyState.Status
        let detail: String?
    }

    private struct Key: Hashable {
        let service: String
        let instance: String
    }

    private struct Report: Sendable {
        let dependencies: [DependencyState]
        let receivedAt: ContinuousClock.Instant
    }

    /// The services that must have spoken.
    static let services = ["store-service", "provisioner", "namespace-guard", "metrics-collector"]
    /// What they need, beside Redis, which the gateway sees for itself.
    static let backends = ["postgres", "kubernetes"]
    /// Everything that `/ready` lists.
    static let names = ["redis"] + services + backends
    /// A report older than this is none.
    static let freshness: Duration = .seconds(10)

    private var reports: [Key: Report] = [:]

    mutating func note(_ snapshot: ServiceSnapshot, at now: ContinuousClock.Instant) {
        // The gateway itself and tools speak too; forged names must not fill the memory.
        guard Self.services.contains(snapshot.service) else { return }
        reports = reports.filter { Self.isFresh($0.value, now) }
        let key = Key(service: snapshot.service, instance: snapshot.instance)
        reports[key] = Report(dependencies: snapshot.dependencies, receivedAt: now)
    }

    /// Every check but the gateway's own.
    func checks(at now: ContinuousClock.Instant) -> [Check] {
        Self.services.map { service(named: $0, now) } + Self.backends.map { backend(named: $0, now) }
    }

    private func service(named name: String, _ now: ContinuousClock.Instant) -> Check {
        let fresh = reports.filter { $0.key.service == name && Self.isFresh($0.value, now) }.map(\.value)
        guard !fresh.isEmpty else {
            return Check(name: name, status: .down, detail: "no instance has been heard of for 10 seconds")
        }
        let ready = fresh.filter { $0.dependencies.allSatisfy { $0.status == .up } }
        if !ready.isEmpty { return Check(name: name, status: .up, detail: instances(ready.count, of: fresh.count)) }
        let missing = Set(fresh.flatMap { $0.dependencies.filter { $0.status == .down }.map(\.name) })
        return Check(name: name, status: .down, detail: "waits for \(missing.sorted().joined(separator: ", "))")
    }

    /// Up when every service that speaks of it has an instance that reaches it.
    private func backend(named name: String, _ now: ContinuousClock.Instant) -> Check {
        var byService: [String: [DependencyState]] = [:]
        for (key, report) in reports where Self.isFresh(report, now) {
            byService[key.service, default: []] += report.dependencies.filter { $0.name == name }
        }
        let speaking = byService.filter { !$0.value.isEmpty }
        guard !speaking.isEmpty else { return Check(name: name, status: .down, detail: "nobody has reported on it") }
        let missing = speaking.filter { $0.value.allSatisfy { $0.status == .down } }
        guard let (service, states) = missing.min(by: { $0.key < $1.key }) else {
            return Check(name: name, status: .up, detail: nil)
        }
        let why = states.compactMap(\.detail).first.map { ": \($0)" } ?? ""
        return Check(name: name, status: .down, detail: "\(service) cannot reach it\(why)")
    }

    private func instances(_ ready: Int, of all: Int) -> String? {
        all == 1 ? nil : "\(ready) of \(all) instances are ready"
    }

    private static func isFresh(_ report: Report, _ now: ContinuousClock.Instant) -> Bool {
        report.receivedAt.duration(to: now) <= freshness
    }
}
