import Foundation
import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain

@testable import Provisioner

/// Commands and observations that tests begin from.
enum Fixtures {
    static let now = Date(timeIntervalSince1970: 1_700_000_000)

    static func storeID() throws -> StoreID {
        guard let id = StoreID(ULID.generate().description) else { throw FixtureError() }
        return id
    }

    struct FixtureError: Error {}

    static func command(
        _ kind: ProvisionCommand.Kind = .create,
        name: String = "demo",
        generation: Int = 1,
        id: StoreID? = nil,
        verification: ProvisionCommand.Verification? = nil,
        rotation: ProvisionCommand.Rotation? = nil
    ) throws -> ProvisionCommand {
        guard let region = Region("local") else { throw FixtureError() }
        let storeName = try StoreName(name)
        return ProvisionCommand(
            kind: kind,
            storeID: try id ?? storeID(),
            name: storeName,
            namespace: storeName.namespace,
            engine: .woocommerce,
            plan: .small,
            region: region,
            displayName: "Demo",
            host: "store-\(name).127.0.0.1.nip.io",
            url: "http://store-\(name).127.0.0.1.nip.io",
            adminEmail: "admin@example.com",
            generation: generation,
            verification: verification,
            rotation: rotation
        )
    }

    static let sells = OrderProof.sells(
        OrderProof.Leg.allCases.map { StoreCondition.Leg(name: $0.rawValue, duration: 0.25) }
    )

    /// Everything is as it must be.
    static var ready: StoreObservation {
        StoreObservation(
            namespace: .present(secured: 1, created: now),
            hasSecrets: true,
            release: HelmReleaseState(status: .deployed, revision: 1, since: now),
            isReleaseCurrent: true,
            isChartRendered: true,
            pods: [PodState(name: "store-wordpress-0", phase: "Running", isReady: true, owner: "store-wordpress-1")],
            jobs: [JobState(name: "store-setup-1", isComplete: true)],
            workloads: [WorkloadState(kind: "Deployment", name: "store-wordpress", desired: 1, ready: 1)],
            storefront: .shop,
            orderProof: sells
        )
    }

    /// The release is installed, and nothing runs yet.
    static var installing: StoreObservation {
        var observation = ready
        observation.pods = []
        observation.jobs = [JobState(name: "store-setup-1")]
        observation.workloads[0].ready = 0
        observation.storefront = nil
        observation.orderProof = nil
        return observation
    }

    static func json(_ text: String) throws -> JSONValue {
        try PlatformJSON.decode(JSONValue.self, from: Array(text.utf8))
    }
}
