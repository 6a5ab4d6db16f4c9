import ArgumentParser
import ServiceRuntime

/// Remembers where the platform is and the key, after trying both.
struct LoginCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Signs in; the key is asked for, or read from standard input."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "Where the platform is, such as http://127.0.0.1:8080.")
    var platform: String

    func perform(with tool: ControlTool) async throws {
        let url = try Session.normalized(platform)
        let key = try await tool.readSecret("Key for \(url): ")
        guard !key.isEmpty else { throw ToolFailure(.usage, "no key was given") }
        let session = Session(url: url, key: key)
        let me = try await tool.connect(session).call(.get, "/api/me").json
        try tool.sessionFile.write(session)
        try tool.show(
            ["Signed in to \(url) as \(me["email"]?.stringValue ?? "?") (\(me["role"]?.stringValue ?? "?"))."],
            me
        )
    }
}

/// Forgets them.
struct LogoutCommand: ControlCommand {
    static let configuration = CommandConfiguration(commandName: "logout", abstract: "Forgets the key on this machine.")

    @OptionGroup var options: ToolOptions

    func perform(with tool: ControlTool) async throws {
        try tool.sessionFile.remove()
        try tool.show(["Signed out. The key itself stays valid: storectl keys revoke."], ["signedOut": true])
    }
}
