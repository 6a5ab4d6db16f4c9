import Helm
import KubernetesClient
import ServiceRuntime
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct StoreValuesTests {
    private func values(_ plan: Plan) throws -> JSONValue { StoreRelease.sizes(PlanSizes(plan)) }

    @Test(arguments: Plan.allCases)
    func `a plan's sizes reach the chart, and satisfy its rules`(plan: Plan) throws {
        let (sizes, values) = (PlanSizes(plan), try values(plan))
        #expect(values.at("wordpress.resources.requests.cpu")?.stringValue == "\(sizes.shop.cpu)m")
        #expect(values.at("wordpress.resources.limits.memory")?.stringValue == "\(sizes.shop.memoryLimit)Mi")
        #expect(values.at("wordpress.storage.size")?.stringValue == "\(sizes.shopStorage)Gi")
        #expect(values.at("mysql.resources.requests.memory")?.stringValue == "\(sizes.database.memory)Mi")
        #expect(values.at("setup.resources.requests.memory")?.stringValue == "\(sizes.setup.memory)Mi")
        // templates/validate.yaml
        let workers = try #require(values.at("wordpress.maxWorkers")?.intValue)
        #expect(try #require(values.at("mysql.maxConnections")?.intValue) > workers)
    }

    @Test(arguments: Plan.allCases)
    func `the buffer pool leaves the rest of MySQL its room`(plan: Plan) throws {
        let text = try #require(try values(plan).at("mysql.bufferPoolSize")?.stringValue)
        let pool = try #require(Int(text.dropLast()))
        #expect(text.hasSuffix("M"))
        #expect(pool >= 64 && pool + 200 <= PlanSizes(plan).database.memory)
    }

    @Test func `the platform alone tries a failed set-up again`() throws {
        let release = StoreRelease(
            api: MemoryKubernetesAPI(),
            helm: MemoryHelm(api: MemoryKubernetesAPI()),
            configuration: .init(chartsDirectory: "", valuesFile: nil, ingressClass: "nginx"),
            files: BlockingExecutor(name: "charts", threads: 1)
        )
        let values = release.values(for: try Fixtures.command())
        #expect(values.at("setup.backoffLimit")?.intValue == 0)
        #expect(values.at("setup.resources.limits.memory")?.stringValue == "768Mi")
        #expect(values.at("existingSecret")?.stringValue == ClusterNames.secrets)
        #expect(values.at("rotatedSecret")?.stringValue == ClusterNames.rotated)
    }
}
