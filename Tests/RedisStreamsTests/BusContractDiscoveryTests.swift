import Foundation
import Logging
import MessageBus
import ServiceLifecycle
import TestSupport
import Testing

@testable import RedisStreams

@Suite struct BusContractDiscoveryTests {
    @Test(arguments: BusKind.allCases)
    func `every instance answers PING, INFO and STATS, all of them or by name and id`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (client, one, two, three) = (
                try cell.makeBus(), try cell.makeBus(), try cell.makeBus(), try cell.makeBus()
            )
            let tasks = [
                Self.run(Self.discovery(one, "shop")), Self.run(Self.discovery(two, "shop")),
                Self.run(Self.discovery(three, "guard")),
            ]
            try await eventually("three services to answer") {
                try await Self.count(client, "$SRV.PING") == 3
            }

            let all = try await Self.ask(client, "$SRV.PING", ServiceDescription.Ping.self)
            #expect(Set(all.map(\.id)) == [one.instance, two.instance, three.instance])
            #expect(all.allSatisfy { $0.type == "io.nats.micro.v1.ping_response" && $0.version == "1.2.3" })
            #expect(all.allSatisfy { $0.metadata == ["region": "eu"] })
            let shops = try await Self.ask(client, "$SRV.INFO.shop", ServiceDescription.Info.self)
            #expect(Set(shops.map(\.id)) == [one.instance, two.instance])
            #expect(shops.allSatisfy { $0.type == "io.nats.micro.v1.info_response" && $0.endpoints.isEmpty })
            let single = try await Self.ask(client, "$SRV.STATS.shop.\(two.instance)", ServiceDescription.Stats.self)
            #expect(single.map(\.id) == [two.instance])
            #expect(single.allSatisfy { $0.type == "io.nats.micro.v1.stats_response" && $0.started.hasSuffix("Z") })
            let unknown = await #expect(throws: BusError.self) {
                try await Self.ask(client, "$SRV.PING.nobody", ServiceDescription.Ping.self)
            }
            #expect(unknown?.code == .noResponders)

            tasks.forEach { $0.cancel() }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `an endpoint's statistics count requests, errors and time`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (client, server) = (try cell.makeBus(), try cell.makeBus())
            let responder = RequestResponder(
                bus: server,
                filter: try SubjectFilter("shop.v1.>"),
                queueGroup: "shop",
                logger: Self.logger
            ) { request in
                var answer = BusMessage(subject: request.subject, body: request.body)
                guard request.body.isEmpty else { return answer }
                do {
                    try answer.headers.set(MessageHeaders.Name.serviceErrorCode, "400")
                    try answer.headers.set(MessageHeaders.Name.serviceError, "an empty body")
                } catch { Issue.record(error) }
                return answer
            }
            let discovery = ServiceDiscovery(
                bus: server,
                name: "shop",
                version: "1.2.3",
                description: "Sells.",
                endpoints: [responder.endpoint],
                logger: Self.logger
            )
            let tasks = [Self.run(responder), Self.run(discovery)]
            let subject = try Subject("shop.v1.sell")
            try await eventually("an answer") {
                do {
                    _ = try await client.request(BusMessage(subject: subject, body: [1]), timeout: .seconds(5))
                    return true
                } catch let error as BusError where error.code == .noResponders {
                    return false
                }
            }
            _ = try await client.request(BusMessage(subject: subject, body: [2]), timeout: .seconds(5))
            _ = try await client.request(BusMessage(subject: subject), timeout: .seconds(5))

            try await eventually("the service to be found") { try await Self.count(client, "$SRV.PING.shop") == 1 }
            let stats = try await Self.ask(client, "$SRV.STATS.shop", ServiceDescription.Stats.self)
            let endpoint = try #require(stats.first?.endpoints.first)
            #expect((endpoint.name, endpoint.subject, endpoint.queue_group) == ("shop-v1", "shop.v1.>", "shop"))
            #expect((endpoint.num_requests, endpoint.num_errors) == (3, 1))
            #expect(endpoint.last_error == "400:an empty body")
            #expect(endpoint.processing_time > 0)
            #expect(endpoint.average_processing_time == endpoint.processing_time / 3)
            let info = try await Self.ask(client, "$SRV.INFO.shop", ServiceDescription.Info.self)
            #expect(info.first?.endpoints.map(\.subject) == ["shop.v1.>"])
            #expect(info.first?.description == "Sells.")

            tasks.forEach { $0.cancel() }
        }
    }

    @Test func `questions to services have a short log of their own`() async throws {
        try await BusContractCell.with(.redis) { cell in
            let bus = try cell.makeBus()
            let redis = try #require(bus as? RedisMessageBus)
            for _ in 0..<2_000 { try await bus.publish(BusMessage(subject: Subject("$SRV.PING"))) }

            let key = String(decoding: redis.context.keys.core("$SRV"), as: UTF8.self)
            let length = try await redis.execute(RedisCommand("XLEN", key)).number

            // Redis trims whole nodes of 100 entries.
            #expect(key.hasSuffix(":c:$SRV"))
            #expect((256..<456).contains(try #require(length)))
        }
    }

    // MARK: -

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func discovery(_ bus: any MessageBus, _ name: String) -> ServiceDiscovery {
        ServiceDiscovery(bus: bus, name: name, version: "1.2.3", metadata: ["region": "eu"], logger: logger)
    }

    private static func run(_ service: any Service) -> Task<Void, any Error> { Task { try await service.run() } }

    /// How many answer; none where nobody listens yet.
    private static func count(_ bus: any MessageBus, _ subject: String) async throws -> Int {
        do {
            return try await ask(bus, subject, ServiceDescription.Ping.self).count
        } catch let error as BusError where error.code == .noResponders {
            return 0
        }
    }

    private static func ask<Answer: Decodable>(
        _ bus: any MessageBus,
        _ subject: String,
        _ type: Answer.Type
    ) async throws -> [Answer] {
        let answers = try await bus.requestMany(
            BusMessage(subject: Subject(subject)),
            RequestManyLimits(timeout: .seconds(5), stall: .milliseconds(300))
        )
        var result: [Answer] = []
        for try await answer in answers {
            result.append(try JSONDecoder().decode(type, from: Data(answer.body)))
        }
        return result
    }
}
