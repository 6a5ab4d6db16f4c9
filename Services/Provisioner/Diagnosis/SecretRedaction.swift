import Foundation

/// Takes a store's passwords out of a text. Pure.
struct SecretRedaction: Sendable {
    private let forms: [String]

    private static let mask = "•••"
    /// Shorter values are no passwords, and would make holes into every text.
    private static let shortest = 6
    /// So much of a password at an end, where a text was cut, gives too much away.
    private static let telling = 6

    /// Hides each of these values, as it is and as programs write it: in Base64, in a URL, in JSON.
    init(values: [String]) {
        var forms: Set<String> = []
        for value in values where value.utf8.count >= Self.shortest {
            forms.insert(value)
            let base64 = Data(value.utf8).base64EncodedString()
            forms.insert(base64)
            forms.insert(String(base64.prefix { $0 != "=" }))
            if let encoded = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) {
                forms.insert(encoded)
            }
            forms.insert(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))
        }
        // The longest first: one may hold another.
        self.forms = forms.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// The text without them.
    func callAsFunction(_ text: String) -> String {
        var text = text
        for form in forms where text.contains(form) { text = text.replacing(form, with: Self.mask) }
        for form in forms {
            text = Self.withoutCutEnd(text, form)
            text = Self.withoutCutStart(text, form)
        }
        return text
    }

    private static func withoutCutEnd(_ text: String, _ form: String) -> String {
        for length in stride(from: form.count - 1, through: telling, by: -1)
        where text.hasSuffix(form.prefix(length)) {
            return text.dropLast(length) + mask
        }
        return text
    }

    private static func withoutCutStart(_ text: String, _ form: String) -> String {
        for length in stride(from: form.count - 1, through: telling, by: -1)
        where text.hasPrefix(form.suffix(length)) {
            return mask + text.dropFirst(length)
        }
        return text
    }
}
