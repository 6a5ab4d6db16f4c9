package import ServiceRuntime
package import StoreDomain

extension SettingsReader {
    /// `REGION`: the cluster this process works for. Nil where it is malformed, which the reader remembers.
    package func region() -> Region? {
        parsed("REGION", default: Region("local"), expected: Region.rule, Region.init)
    }
}
