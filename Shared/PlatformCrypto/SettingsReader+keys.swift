package import ServiceRuntime

extension SettingsReader {
    /// `ENCRYPTION_KEYS`: what seals secrets. Nil where it is missing or malformed, which the reader remembers.
    package func sealingKeys() -> SealingKeys? {
        parsed("ENCRYPTION_KEYS", expected: "id:base64[,id:base64…], 32 bytes each", isSecret: true) {
            // The error names the entry, which the expectation does well enough without naming its content.
            try? SealingKeys(parsing: $0)
        }
    }
}
