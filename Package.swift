// swift-tools-version: 6.2

import PackageDescription

// MARK: - Dependencies

private let log = Target.Dependency.product(name: "Logging", package: "swift-log")
private let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
private let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
private let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
private let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
private let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
private let http = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
private let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
private let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
private let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")
private let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
private let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// MARK: - The targets, lowest first; a test holds the direction (Tests/ArchitectureTests)

private let systemLibraries: [Target] = [
    .systemLibrary(name: "CHiredis", path: "Shared/CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CLibPQ", path: "Shared/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CMicroHTTPD", path: "Shared/CMicroHTTPD", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CZlib", path: "Shared/CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "COpenSSL", path: "Shared/COpenSSL", providers: [.apt(["libssl-dev"])]),
]

private let shared: [(name: String, dependencies: [Target.Dependency])] = [
    ("ServiceRuntime", [log, metrics, lifecycle, configuration, arguments]),
    ("Console", ["ServiceRuntime", lifecycle]),
    ("PlatformCrypto", ["ServiceRuntime", "COpenSSL"]),
    ("MessageBus", [log, lifecycle]),
    ("RedisStreams", ["MessageBus", "ServiceRuntime", "PlatformCrypto", "CHiredis", log, lifecycle]),
    ("PostgresClient", ["ServiceRuntime", "CLibPQ", log]),
    ("HTTPServer", ["ServiceRuntime", "CMicroHTTPD", "CZlib", log, lifecycle]),
    ("KubernetesClient", ["ServiceRuntime", metrics, http, nio, nioHTTP, nioFoundation, nioSSL, yams, log]),
    ("Helm", ["ServiceRuntime", subprocess, log, yams]),
    ("StoreDomain", []),
    ("StoreContracts", ["StoreDomain", "MessageBus", "ServiceRuntime", log, lifecycle]),
    ("TenantIsolation", ["StoreDomain", "KubernetesClient"]),
]

private let services: [(product: String, name: String, dependencies: [Target.Dependency])] = [
    ("gateway", "Gateway", ["HTTPServer", "PlatformCrypto"]),
    ("store-service", "StoreService", ["PostgresClient", "HTTPServer", "PlatformCrypto"]),
    ("provisioner", "Provisioner", ["KubernetesClient", "Helm", "HTTPServer", "PlatformCrypto", http, nio]),
    ("namespace-guard", "NamespaceGuard", ["KubernetesClient", "TenantIsolation", "HTTPServer"]),
    ("metrics-collector", "MetricsCollector", ["HTTPServer"]),
    ("store-bus", "StoreBus", ["Console"]),
]
private let everyService: [Target.Dependency] = [
    "StoreDomain", "StoreContracts", "MessageBus", "RedisStreams", "ServiceRuntime", log, metrics, lifecycle,
    configuration, arguments,
]

/// A client of the REST API, so without anything of the bus.
private let client: [Target.Dependency] = [
    "Console", "ServiceRuntime", "StoreDomain", http, nio, nioHTTP, nioSSL, arguments, lifecycle,
]

private func tests(of name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies,
        path: "Tests/\(name)Tests",
        exclude: name == "Helm" ? ["helm"] : []
    )
}

let package = Package(
    name: "store-platform",
    products: services.map { .executable(name: $0.product, targets: [$0.name]) }
        + [.executable(name: "storectl", targets: ["StoreCtl"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: systemLibraries
        + shared.map {
            .target(
                name: $0.name,
                dependencies: $0.dependencies,
                path: "Shared/\($0.name)",
                exclude: $0.name == "MessageBus" ? ["PROTOCOL.md"] : []
            )
        }
        + services.map {
            .executableTarget(
                name: $0.name,
                dependencies: $0.dependencies + everyService,
                path: "Services/\($0.name)",
                exclude: $0.name == "Gateway" ? ["Dashboard"] : []
            )
        }
        + [
            .executableTarget(name: "StoreCtl", dependencies: client, path: "Services/StoreCtl"),
            .target(
                name: "TestSupport",
                dependencies: ["MessageBus", "RedisStreams", "PostgresClient", "ServiceRuntime", subprocess, log],
                path: "Tests/TestSupport"
            ),
            .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests"),
            // What is killed, stopped and starved in the chaos tests.
            .executableTarget(
                name: "ChaosWorker",
                dependencies: ["MessageBus", "RedisStreams", "ServiceRuntime", log, arguments],
                path: "Tests/ChaosWorker"
            ),
            .testTarget(
                name: "ChaosTests",
                dependencies: ["ChaosWorker", "TestSupport", "MessageBus", "RedisStreams", subprocess, log],
                path: "Tests/ChaosTests"
            ),
            .testTarget(
                name: "InteropTests",
                dependencies: ["TestSupport", "MessageBus", "RedisStreams", subprocess, log],
                path: "Tests/Interop",
                exclude: ["python"]
            ),
            .executableTarget(
                name: "BusBenchmark",
                dependencies: ["MessageBus", "RedisStreams", log, arguments],
                path: "Tests/Benchmarks/Bus/Swift"
            ),
            // The running platform, as tests see and disturb it.
            .target(
                name: "TestPlatform",
                dependencies: ["KubernetesClient", "ServiceRuntime", http, nio, nioHTTP, subprocess],
                path: "Tests/TestPlatform"
            ),
            .testTarget(
                name: "EndToEndTests",
                dependencies: [
                    "TestPlatform", "TestSupport", "KubernetesClient", "RedisStreams", "ServiceRuntime", http, nio,
                    nioHTTP, subprocess,
                ],
                path: "Tests/EndToEndTests"
            ),
            .testTarget(
                name: "KillTests",
                dependencies: [
                    "TestPlatform", "TestSupport", "KubernetesClient", "ServiceRuntime", "StoreDomain", nioHTTP,
                ],
                path: "Tests/KillTests",
                exclude: ["README.md"]
            ),
        ]
        + shared.map { tests(of: $0.name, $0.dependencies) }
        + services.map { service in
            // What several gateways do together needs the real store-service behind them.
            let behind: [Target.Dependency] = service.name == "Gateway" ? ["StoreService", "PostgresClient"] : []
            return tests(of: service.name, service.dependencies + everyService + behind)
        }
        + [tests(of: "StoreCtl", client)]
)

// The compiler reviews first.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}
