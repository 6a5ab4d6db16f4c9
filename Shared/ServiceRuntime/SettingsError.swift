/// Everything that is wrong with the settings, found in one go.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
    /// One key and what it should have held; never the value that was found, which may be a secret.
    package struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The key as it is written in the environment, `REDIS_URL`.
        package let key: String
        /// What is expected of it, as a phrase: "a whole number from 1 to 65535".
        package let expected: String
        /// What was found, for values that are no secrets.
        package let found: String?

        /// The problem on one line.
        package var description: String {
            "\(key): expected \(expected)" + (found.map { ", found \($0)" } ?? "")
        }
    }

    /// At least one, in the order in which the settings are read.
    package let problems: [Problem]

    /// All of them on one line.
    package var description: String { problems.map(\.description).joined(separator: "; ") }
}
