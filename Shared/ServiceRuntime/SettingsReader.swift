package import FoundationEssentials

/// Typed access to settings that collects problems in place of throwing at the first.
///
/// After a problem the methods return a stand-in, so that the remaining keys are checked too; `Settings.read` throws
/// before anyone can use it. Used by one task only, inside `Settings.read`.
package final class SettingsReader {
    private let lookup: (String) -> String?
    private(set) var problems: [SettingsError.Problem] = []
    private(set) var effective: [Settings.Entry] = []

    init(lookup: @escaping (String) -> String?) { self.lookup = lookup }

    /// A text; without a default it is required.
    package func string(_ key: String, default fallback: String? = nil, expected: String = "a text") -> String {
        parsed(key, default: fallback, expected: expected) { $0 } ?? ""
    }

    /// A text that may be missing.
    package func optionalString(_ key: String) -> String? {
        let value = lookup(key)
        note(key, value ?? "<unset>")
        return value
    }

    /// A whole number within a range; without a default it is required.
    package func int(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return parsed(key, default: fallback, expected: expected) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// `true`/`false`, `yes`/`no`, `on`/`off`, `1`/`0`.
    package func bool(_ key: String, default fallback: Bool? = nil) -> Bool {
        parsed(key, default: fallback, expected: "true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on", "1": true
            case "false", "no", "off", "0": false
            default: nil
            }
        } ?? false
    }

    /// A duration such as `500ms`, `30s`, `5m`, `2h`; a bare number is seconds.
    package func duration(
        _ key: String,
        in range: ClosedRange<Duration> = .zero ... .seconds(86_400),
        default fallback: Duration? = nil
    ) -> Duration {
        let expected = "a duration from \(range.lowerBound) to \(range.upperBound), such as 500ms, 30s or 5m"
        return parsed(key, default: fallback, expected: expected) { text in
            Self.duration(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// An absolute URL with one of the schemes and a host; its password is hidden in the printed list.
    package func url(_ key: String, schemes: [String], default fallback: String? = nil) -> URL {
        let expected = "a URL like \(schemes.map { "\($0)://host[:port]" }.joined(separator: " or "))"
        let text = lookup(key) ?? fallback
        guard let text, let url = URL(string: text), let scheme = url.scheme, schemes.contains(scheme.lowercased()),
            let host = url.host(), !host.isEmpty
        else {
            problems.append(.init(key: key, expected: expected, found: text == nil ? "nothing" : nil))
            return URL(filePath: "/")
        }
        note(key, Self.hidingPassword(url))
        return url
    }

    /// A secret: required, never printed.
    package func secret(_ key: String, expected: String = "a secret") -> String {
        parsed(key, expected: expected, isSecret: true) { $0 } ?? ""
    }

    /// A secret that may be missing; never printed.
    package func optionalSecret(_ key: String) -> String? {
        let value = lookup(key)
        note(key, value == nil ? "<unset>" : "<hidden>")
        return value
    }

    /// Anything else. Nil means missing or refused by `parse`, which is then a problem of this key.
    ///
    /// Unwrap the results with `require` after every key has been asked for, so that all problems are found. `shown`
    /// says how to print a value that is secret in part.
    package func parsed<T>(
        _ key: String,
        default fallback: T? = nil,
        expected: String,
        isSecret: Bool = false,
        shown: ((T) -> String)? = nil,
        _ parse: (String) -> T?
    ) -> T? {
        guard let text = lookup(key) else {
            if let fallback {
                note(key, shown?(fallback) ?? (isSecret ? "<hidden>" : "\(fallback)"))
            } else {
                problems.append(.init(key: key, expected: expected, found: "nothing"))
            }
            return fallback
        }
        guard let value = parse(text) else {
            problems.append(.init(key: key, expected: expected, found: isSecret ? nil : "\"\(text)\""))
            return nil
        }
        note(key, shown?(value) ?? (isSecret ? "<hidden>" : text))
        return value
    }

    /// The value of a `parsed` that succeeded; ends the reading when it did not.
    package func require<T>(_ value: T?) throws -> T {
        guard let value else { throw SettingsError(problems: problems) }
        return value
    }

    /// Records a problem that concerns more than one key.
    package func problem(_ key: String, expected: String) {
        problems.append(.init(key: key, expected: expected, found: nil))
    }

    // MARK: - Parsing

    /// Reads a duration as settings spell it; nil for anything else.
    package static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let amount = Double(digits), amount.isFinite else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return .seconds(amount / 1000)
        case "", "s": return .seconds(amount)
        case "m": return .seconds(amount * 60)
        case "h": return .seconds(amount * 3600)
        default: return nil
        }
    }

    static func hidingPassword(_ url: URL) -> String {
        guard url.password() != nil, var components = URLComponents(url: url, resolvingAgainstBaseURL: false) else {
            return url.absoluteString
        }
        components.password = "hidden"
        return (components.string ?? "<hidden>").replacing(":hidden@", with: ":<hidden>@", maxReplacements: 1)
    }

    private func note(_ key: String, _ value: String) { effective.append(.init(key: key, value: value)) }
}
