import Testing

@testable import KubernetesClient

@Suite struct QuantityTests {
    @Test(arguments: [
        ("1", 1000.0), ("500m", 500), ("1.5", 1500), ("2e3", 2_000_000), ("1E2", 100_000), ("1Ki", 1_024_000),
        ("1k", 1_000_000), ("0.5Gi", 536_870_912_000), ("1E", 1e21), ("-1", -1000), ("100u", 0),
    ])
    func `every notation is a number of thousandths`(text: String, thousandths: Double) throws {
        #expect(try #require(Quantity(text)).thousandths == thousandths)
    }

    @Test(arguments: ["", "Gi", "1x", "1Gib", "1e", "one"]) func `anything else is none`(text: String) {
        #expect(Quantity(text) == nil)
    }
}
