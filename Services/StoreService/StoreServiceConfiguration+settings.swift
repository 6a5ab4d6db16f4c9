import PostgresClient
import RedisStreams
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreServiceConfiguration {
    /// Reads the settings of architecture section 6, and what README.md lists beside them.
    init(_ settings: SettingsReader) throws {
        let redis = settings.redis()
        let cell = settings.busCell()
        let database = Self.database(settings)
        let poolSize = settings.int("DATABASE_POOL_SIZE", in: 2...500, default: 20)
        let address = Self.address(settings)
        let region = settings.region()
        let regions = settings.optionalString("REGIONS").map { $0.split(separator: ",").map { Region(String($0)) } }
        if let regions, regions.contains(nil) {
            settings.problem("REGIONS", expected: "\(Region.rule); comma-separated")
        }
        let admin = Self.bootstrapAdmin(settings, domain: address?.baseDomain ?? "")
        let timeout = settings.duration(
            "PROVISION_TIMEOUT",
            in: .seconds(1) ... .seconds(86_400),
            default: .seconds(600)
        )
        let concurrency = settings.int("PROVISION_CONCURRENCY", in: 1...1000, default: 5)
        let patience = settings.duration(
            "REPUBLISH_AFTER",
            in: .seconds(1) ... .seconds(86_400),
            default: .seconds(180)
        )
        let interval = settings.duration(
            "RECONCILE_INTERVAL",
            in: .seconds(1) ... .seconds(3600),
            default: .seconds(30)
        )
        let resync = settings.duration("RESYNC_INTERVAL", in: .seconds(1) ... .seconds(86_400), default: .seconds(300))
        let canary = settings.duration("CANARY_INTERVAL", in: .zero ... .seconds(86_400), default: .seconds(900))
        let httpPort = settings.int("HTTP_PORT", in: 0...65_535, default: 9090)

        let home = try settings.require(region)
        self.init(
            redis: try settings.require(redis),
            busCell: cell,
            postgres: PostgresConfiguration(
                url: try settings.require(database),
                poolSize: poolSize,
                applicationName: "store-service",
                prefersIndexes: true
            ),
            address: try settings.require(address),
            region: home,
            regions: Set([home] + (regions ?? []).compactMap { $0 }),
            bootstrapAdmin: admin,
            // A provisioner keeps its own deadline; who says nothing for twice that long is not coming back.
            reconciliation: StuckStoreDecision(patience: patience.seconds, timeout: 2 * timeout.seconds),
            provisionConcurrency: concurrency,
            reconcileInterval: interval,
            verification: VerificationSchedule(resync: resync.seconds, canary: canary.seconds),
            httpPort: httpPort
        )
    }

    /// `DATABASE_URL`. Nil where it is missing or malformed, which the reader remembers.
    static func database(_ settings: SettingsReader) -> String? {
        settings.parsed(
            "DATABASE_URL",
            expected: "a URL like postgresql://user:password@host/database",
            isSecret: true
        ) { text in text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") ? text : nil }
    }

    private static func address(_ settings: SettingsReader) -> StoreAddress? {
        let domain = settings.string("BASE_DOMAIN", default: "127.0.0.1.nip.io")
        let schemes = ["http": 80, "https": 443]
        let scheme = settings.parsed("STORE_URL_SCHEME", default: "http", expected: "http or https") { text in
            schemes[text] == nil ? nil : text
        }
        guard let scheme else { return nil }
        let port = settings.int("STORE_URL_PORT", in: 1...65_535, default: schemes[scheme] ?? 80)
        return StoreAddress(scheme: scheme, baseDomain: domain, port: port == schemes[scheme] ? nil : port)
    }

    private static func bootstrapAdmin(_ settings: SettingsReader, domain: String) -> BootstrapAdmin? {
        let key = settings.optionalSecret("BOOTSTRAP_ADMIN_KEY")
        let email = settings.string("BOOTSTRAP_ADMIN_EMAIL", default: "admin@\(domain)")
        let maxStores = settings.int("BOOTSTRAP_ADMIN_MAX_STORES", in: 0...100_000, default: 100)
        guard let key else { return nil }
        if key.utf8.count < 16 { settings.problem("BOOTSTRAP_ADMIN_KEY", expected: "at least 16 characters") }
        return BootstrapAdmin(key: key, email: email, maxStores: maxStores)
    }
}
