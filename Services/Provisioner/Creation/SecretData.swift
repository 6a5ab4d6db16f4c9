import Foundation
import KubernetesClient
import ServiceRuntime

/// The texts of a Secret, which Kubernetes has in Base64.
struct SecretData: Sendable {
    private let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// Reads a Secret; nil has nothing. What is no text is left out.
    init(_ secret: KubernetesObject?) {
        values = (secret?["data"]?.objectValue ?? [:]).compactMapValues { value in
            value.stringValue.flatMap { Data(base64Encoded: $0) }.flatMap { String(data: $0, encoding: .utf8) }
        }
    }

    /// A value; nil where there is none, or an empty one.
    subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// As a Secret holds them.
    var json: JSONValue { .object(values.mapValues { .string(Data($0.utf8).base64EncodedString()) }) }
}
