/// Where the database is and how patient its clients are.
package struct PostgresConfiguration: Sendable {
    /// A libpq connection string or URL (`postgresql://user:password@host/name`). Holds a password: never log it.
    package var url: String
    /// Most connections open at once.
    package var poolSize: Int
    /// Shown in `pg_stat_activity`.
    package var applicationName: String
    /// libpq counts whole seconds, two at least.
    package var connectTimeout: Duration
    /// How long a caller waits for a free connection.
    package var acquireTimeout: Duration
    /// Plans go by an index wherever there is one. For programs all of whose statements have theirs: what is prepared
    /// while a table is empty would read all of it, and go on doing so until somebody takes statistics.
    package var prefersIndexes: Bool
    /// The server cancels a statement after this; the client gives the connection up a little later.
    package var statementTimeout: Duration
    /// After a failed connect, callers fail at once for this long; doubles up to `maximumBackoff`.
    package var initialBackoff: Duration
    package var maximumBackoff: Duration

    /// A configuration whose defaults suit a service that answers people.
    package init(
        url: String,
        poolSize: Int = 20,
        applicationName: String = "store-platform",
        prefersIndexes: Bool = false,
        connectTimeout: Duration = .seconds(3),
        acquireTimeout: Duration = .seconds(3),
        statementTimeout: Duration = .seconds(15),
        initialBackoff: Duration = .milliseconds(100),
        maximumBackoff: Duration = .seconds(2)
    ) {
        self.url = url
        self.poolSize = poolSize
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.acquireTimeout = acquireTimeout
        self.prefersIndexes = prefersIndexes
        self.statementTimeout = statementTimeout
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
    }
}
