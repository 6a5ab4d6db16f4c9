import ArgumentParser

/// The options that all executables share; include them with `@OptionGroup`.
package struct ServiceOptions: ParsableArguments, Sendable {
    /// Read and check the settings, print them with secrets hidden, and end.
    @Flag(help: "Check the settings, print them with secrets hidden, and exit (78 when something is wrong).")
    package var checkSettings = false

    /// For ArgumentParser.
    package init() {}
}

/// The version that `--version` prints and services report about themselves.
package enum PlatformVersion {
    /// Semantic version of the whole platform; all executables carry the same.
    package static let current = "0.1.0"
}
