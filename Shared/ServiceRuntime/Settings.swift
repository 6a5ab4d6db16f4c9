package import Configuration

/// Where settings come from: the environment first, then the JSON file that `CONFIG_FILE` names.
///
/// Keys are the names of architecture section 6 in both places: `REDIS_URL=…`, `{"REDIS_URL": "…"}`. Read once at the
/// start, with `read`, which validates everything before it says no.
package struct Settings: Sendable {
    /// One line of the list that is printed at the start.
    package struct Entry: Sendable, Hashable, CustomStringConvertible {
        /// The key.
        package let key: String
        /// The value in effect; `<hidden>` for a secret, `<unset>` for none.
        package let value: String

        /// `KEY=value`.
        package var description: String { "\(key)=\(value)" }
    }

    /// The settings as a configuration type, and the list to print.
    package struct Reading<Value: Sendable>: Sendable {
        /// What the settings say.
        package let value: Value
        /// Every key that was asked for, with defaults filled in and secrets hidden.
        package let effective: [Entry]
    }

    private let providers: [any ConfigProvider]

    /// Takes the providers in order of precedence, highest first.
    package init(providers: [any ConfigProvider]) { self.providers = providers }

    /// Settings from the given variables only; for tests and tools.
    package init(environment: [String: String]) {
        self.init(providers: [EnvironmentVariablesProvider(environmentVariables: environment)])
    }

    /// The process's environment and, if it names one, the file of `CONFIG_FILE`.
    ///
    /// Throws `SettingsError` when that file cannot be read.
    package static func load() async throws -> Settings {
        try await load(environment: EnvironmentVariablesProvider())
    }

    /// The same over another environment.
    package static func load(environment: EnvironmentVariablesProvider) async throws -> Settings {
        guard let path = try environment.environmentValue(forName: "CONFIG_FILE"), !path.isEmpty else {
            return Settings(providers: [environment])
        }
        let location = ConfigReader(provider: InMemoryProvider(values: ["filePath": .init(stringLiteral: path)]))
        do {
            return Settings(providers: [environment, try await FileProvider<JSONSnapshot>(config: location)])
        } catch {
            let expected = "the path of a readable JSON file with one object of settings"
            throw SettingsError(problems: [.init(key: "CONFIG_FILE", expected: expected, found: path)])
        }
    }

    /// Reads a configuration. Every problem the reader met is thrown together as one `SettingsError`.
    package func read<Value: Sendable>(_ body: (SettingsReader) throws -> Value) throws -> Reading<Value> {
        let reader = SettingsReader(lookup: lookup)
        let result = Result { try body(reader) }
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return Reading(value: try result.get(), effective: reader.effective)
    }

    /// The text under a key. An empty value counts as none: compose files and charts set variables to "" to unset them.
    private func lookup(_ key: String) -> String? {
        for provider in providers {
            if let text = text(of: key, in: provider), !text.isEmpty { return text }
        }
        return nil
    }

    /// A file may hold numbers and booleans as themselves; a provider refuses to give them as text.
    private func text(of key: String, in provider: any ConfigProvider) -> String? {
        for type in [ConfigType.string, .int, .double, .bool] {
            guard let found = try? provider.value(forKey: AbsoluteConfigKey([key]), type: type) else { continue }
            switch found.value?.content {
            case .string(let value): return value
            case .int(let value): return String(value)
            case .double(let value): return String(value)
            case .bool(let value): return String(value)
            default: return nil
            }
        }
        return nil
    }
}
