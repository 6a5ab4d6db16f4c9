import ArgumentParser
import ServiceRuntime

/// The executable `storectl`: the REST API for a shell.
@main
struct StoreCtlMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storectl",
        abstract: "Runs shops on a Store Platform.",
        discussion: """
            Sign in once with 'storectl login URL', or set STORECTL_URL and STORECTL_KEY (STORE_PLATFORM_URL and \
            STORE_PLATFORM_API_KEY do as well). A store is called by its name or its id.

            Ends with 0 when it is done; 1 when it was refused or failed; 2 when it was called wrongly; 3 when the key is \
            missing, wrong or may not do it; 4 when there is no such thing; 5 when the platform cannot be reached or is \
            not ready; 130 when it was interrupted.

            Completion for your shell: storectl --generate-completion-script bash|zsh|fish
            """,
        version: PlatformVersion.current,
        subcommands: [
            LoginCommand.self, LogoutCommand.self, MeCommand.self,
            CreateCommand.self, ListCommand.self, GetCommand.self, EventsCommand.self, LogsCommand.self,
            PodsCommand.self, RetryCommand.self, DeleteCommand.self, CredentialsCommand.self,
            UsersCommand.self, KeysCommand.self, AuditCommand.self,
        ]
    )

    static func main() async {
        exit(withError: ExitCode(await CommandHost.run(Array(CommandLine.arguments.dropFirst()))))
    }
}
