package import KubernetesClient
import ServiceRuntime

/// How an object in the cluster differs from what it must be. Only fields that are ours to set count: what the server
/// adds by itself, and what others add beside it, is no drift.
package struct IsolationDrift: Sendable, Hashable {
    /// The paths that differ, `spec.hard.requests.cpu`; a single `.` when the object is missing. Empty: no drift.
    package let paths: [String]

    /// Whether the object must be applied again.
    package var exists: Bool { !paths.isEmpty }

    /// Compares; `observed` is nil when there is no such object.
    package init(desired: KubernetesObject, observed: KubernetesObject?) {
        guard let observed else {
            paths = ["."]
            return
        }
        paths = Self.differences(desired.json, observed.json, at: "", isWhole: false).sorted()
    }

    /// `isWhole`: within rules and selectors every field counts, as one more can let in everyone.
    private static func differences(
        _ desired: JSONValue,
        _ observed: JSONValue?,
        at path: String,
        isWhole: Bool
    ) -> [String] {
        // What is empty comes back as nothing from the server, and means the same.
        if desired.isEmptyCollection, observed?.isEmptyCollection ?? true { return [] }
        switch (desired, observed) {
        case (.object(let members), .object(let found)):
            let keys = isWhole ? Set(members.keys).union(found.keys) : Set(members.keys)
            return keys.flatMap { key in
                differences(
                    members[key] ?? .object([:]),
                    found[key],
                    at: path.isEmpty ? key : "\(path).\(key)",
                    isWhole: isWhole || key.hasSuffix("Selector")
                )
            }
        case (.array(let elements), .array(let found)):
            guard elements.count == found.count else { return [path] }
            return zip(elements, found).enumerated().flatMap { index, pair in
                differences(pair.0, pair.1, at: "\(path).\(index)", isWhole: true)
            }
        case (.string(let text), .some(let found)):
            return found.stringValue == text || isSameQuantity(text, found) ? [] : [path]
        default:
            return desired == observed ? [] : [path]
        }
    }

    /// The server writes quantities its own way: `0.5` comes back as `500m`.
    private static func isSameQuantity(_ text: String, _ found: JSONValue) -> Bool {
        let other = found.stringValue ?? found.doubleValue.map { "\($0)" }
        guard let wanted = Quantity(text), let other = other.flatMap(Quantity.init) else { return false }
        return wanted == other
    }
}

extension JSONValue {
    fileprivate var isEmptyCollection: Bool { self == .object([:]) || self == .array([]) || isNull }
}
