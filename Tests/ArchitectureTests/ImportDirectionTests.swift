import Foundation
import Testing

/// Holds the direction of imports: services → contracts/isolation → adapters → runtime → C modules.
@Suite struct ImportDirectionTests {
    private static let services: Set = [
        "Gateway", "StoreService", "Provisioner", "NamespaceGuard", "MetricsCollector", "StoreBus", "StoreCtl",
    ]
    private static let cModules = [
        "CHiredis": "RedisStreams", "CLibPQ": "PostgresClient", "CMicroHTTPD": "HTTPServer",
        "COpenSSL": "PlatformCrypto", "CZlib": "HTTPServer",
    ]
    /// What each shared target may import of our own.
    private static let allowed: [String: Set<String>] = [
        "ServiceRuntime": [],
        "Console": ["ServiceRuntime"],
        "PlatformCrypto": ["COpenSSL", "ServiceRuntime"],
        "MessageBus": ["ServiceRuntime"],
        "RedisStreams": ["CHiredis", "MessageBus", "PlatformCrypto", "ServiceRuntime"],
        "PostgresClient": ["CLibPQ", "ServiceRuntime"],
        "HTTPServer": ["CMicroHTTPD", "CZlib", "ServiceRuntime"],
        "KubernetesClient": ["ServiceRuntime"],
        "Helm": ["ServiceRuntime"],
        "StoreDomain": [],
        "StoreContracts": ["MessageBus", "ServiceRuntime", "StoreDomain"],
        "TenantIsolation": ["KubernetesClient", "ServiceRuntime", "StoreDomain"],
    ]
    /// Adapters that only a service's wiring may construct.
    private static let concrete = ["RedisMessageBus(", "LiveKubernetesAPI(", "PostgresPool(", "HelmCLI("]

    private let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private struct Source {
        let target: String
        let name: String
        let text: String
        var imports: Set<String> {
            Set(
                text.split(separator: "\n").compactMap { line in
                    let words = line.split(separator: " ")
                    guard let at = words.firstIndex(of: "import"), at <= 2, at + 1 < words.count else { return nil }
                    return String(words[at + 1])
                }
            )
        }
    }

    private func sources(_ folder: String) throws -> [Source] {
        let base = root.appending(path: folder)
        let targets = try FileManager.default.contentsOfDirectory(at: base, includingPropertiesForKeys: nil)
        return try targets.flatMap { target in
            let files =
                FileManager.default.enumerator(at: target, includingPropertiesForKeys: nil)?
                .compactMap { $0 as? URL } ?? []
            return try files.filter { $0.pathExtension == "swift" }.map {
                Source(
                    target: target.lastPathComponent,
                    name: $0.lastPathComponent,
                    text: try String(contentsOf: $0, encoding: .utf8)
                )
            }
        }
    }

    @Test func `shared targets import only what lies below them`() throws {
        let own = Set(Self.allowed.keys).union(Self.services).union(Self.cModules.keys)
        let found = try sources("Shared")
        #expect(Set(found.map(\.target)) == Set(Self.allowed.keys))
        for source in found {
            let wrong = source.imports.intersection(own).subtracting(Self.allowed[source.target] ?? [])
            #expect(wrong.isEmpty, "\(source.target)/\(source.name) imports \(wrong)")
        }
    }

    @Test func `services never import each other nor a C module`() throws {
        let forbidden = Self.services.union(Self.cModules.keys)
        let found = try sources("Services")
        #expect(Set(found.map(\.target)) == Self.services)
        for source in found {
            let wrong = source.imports.intersection(forbidden)
            #expect(wrong.isEmpty, "\(source.target)/\(source.name) imports \(wrong)")
        }
    }

    @Test func `each C module has exactly one importing target`() throws {
        let found = try sources("Shared")
        for (module, target) in Self.cModules {
            #expect(Set(found.filter { $0.imports.contains(module) }.map(\.target)) == [target])
        }
    }

    @Test func `each service keeps to its own technology`() throws {
        let rights: [String: Set<String>] = [
            "PostgresClient": ["StoreService"], "KubernetesClient": ["Provisioner", "NamespaceGuard"],
            "Helm": ["Provisioner"], "TenantIsolation": ["NamespaceGuard"],
        ]
        for source in try sources("Services") {
            for (module, targets) in rights where source.imports.contains(module) {
                #expect(targets.contains(source.target), "\(source.target)/\(source.name) imports \(module)")
            }
        }
    }

    @Test func `only a service's wiring constructs concrete adapters`() throws {
        for source in try sources("Services") where !source.name.contains("Main+build") {
            for maker in Self.concrete {
                #expect(!source.text.contains(maker), "\(source.target)/\(source.name) makes a \(maker.dropLast())")
            }
        }
    }

    @Test func `a main file only wires, in fewer than 50 lines`() throws {
        let mains = try sources("Services").filter { $0.text.contains("@main") }
        #expect(mains.count == Self.services.count)
        for main in mains {
            #expect(main.name == "\(main.target)Main.swift")
            #expect(main.text.split(separator: "\n", omittingEmptySubsequences: false).count < 50, "\(main.name)")
        }
    }

    @Test func `no file is longer than 300 lines`() throws {
        for source in try sources("Services") + sources("Shared") {
            let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 301, "\(source.target)/\(source.name) has \(lines) lines")
        }
    }
}
