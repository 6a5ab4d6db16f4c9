import FoundationEssentials
import StoreDomain

/// Something seen in the cluster that keeps a store from becoming ready.
struct Symptom: Sendable, Equatable {
    /// The same symptom at another moment has the same key.
    let key: String
    let code: StoreFailure.Code
    /// In the words of Kubernetes, for the failure's message.
    let message: String
    let evidence: [StoreFailure.Evidence]
    /// How long it may last before it decides; nil: it only explains what a timeout was about.
    var grace: Duration?
    /// Whether trying again unchanged can help.
    var retryable = false
    /// What a person can do, where the code alone does not tell.
    var hint: String?
}

/// A symptom and how long it has been seen without interruption.
struct PersistentSymptom: Sendable, Equatable {
    let symptom: Symptom
    let age: TimeInterval

    /// Whether it has lasted long enough to give up.
    var isDecisive: Bool {
        guard let grace = symptom.grace else { return false }
        return age >= grace.timeInterval
    }
}

/// Remembers since when each symptom is seen. Pure: time comes in.
struct SymptomHistory: Sendable, Equatable {
    private var since: [String: Date] = [:]

    /// Takes note of what is seen now; what isn't any more is forgotten.
    mutating func observe(_ symptoms: [Symptom], now: Date) -> [PersistentSymptom] {
        var next: [String: Date] = [:]
        for symptom in symptoms { next[symptom.key] = since[symptom.key] ?? now }
        since = next
        return symptoms.map {
            PersistentSymptom(symptom: $0, age: now.timeIntervalSince(next[$0.key] ?? now))
        }
    }

    /// Lets time pass that does not count: the cluster could not be seen.
    mutating func skip(_ pause: TimeInterval) {
        since = since.mapValues { $0.addingTimeInterval(pause) }
    }
}
