import HTTPServer
import MessageBus
import StoreContracts
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayRateTests {
    @Test func `every answer of the API says how the client stands`() async throws {
        try await GatewayHarness.run(rateLimit: 100) { gateway in
            for (client, path) in [
                (gateway.member, "/api/plans"), (gateway.client, "/api/plans"), (gateway.client, "/api/x"),
            ] {
                let answer = try await client.call("GET", path)
                #expect(answer.headers["RateLimit-Limit"] == "100", "\(path): \(answer.status)")
                #expect(Int(answer.headers["RateLimit-Remaining"] ?? "").map { (90..<100).contains($0) } == true)
                #expect(answer.headers["RateLimit-Reset"] == "1")
            }
            #expect(try await gateway.client.call("GET", "/health").headers["RateLimit-Limit"] == nil)
        }
    }

    @Test func `who has used up its key's rate is told when to come back`() async throws {
        try await GatewayHarness.run(rateLimit: 5) { gateway in
            var answers: [GatewayClient.Answer] = []
            for _ in 0..<20 { answers.append(try await gateway.member.call("GET", "/api/plans")) }

            let refused = answers.filter { $0.status == 429 }
            #expect(answers.prefix(5).allSatisfy { $0.status == 200 })
            let first = try #require(refused.first)
            #expect(try first.code == "RATE_LIMITED")
            #expect(first.headers["Retry-After"] == "1")
            #expect(first.headers["RateLimit-Remaining"] == "0")
            #expect(try await gateway.admin.call("GET", "/api/plans").status == 200, "another key is another's")
            #expect(try await gateway.client.call("GET", "/health").status == 200, "probes are answered")
            try await eventually("it may come back") {
                try await gateway.member.call("GET", "/api/plans").status == 200
            }
        }
    }

    @Test func `keys that are none are asked about no quicker than their address may`() async throws {
        try await GatewayHarness.run(rateLimit: 5) { gateway in
            var statuses: [Int] = []
            for number in 0..<30 {
                let headers = ["Authorization": "Bearer guess-number-\(number)"]
                statuses.append(try await gateway.client.call("GET", "/api/plans", headers: headers).status)
            }

            #expect(Set(statuses) == [401, 429])
            #expect(await gateway.verifications.count == statuses.count { $0 == 401 })
        }
    }

    @Test func `sign-ins that fail are counted, those that succeed are not`() async throws {
        try await GatewayHarness.run(rateLimit: 1000) { gateway in
            let good = #"{"key":"\#(GatewayHarness.memberKey)"}"#
            for _ in 0..<15 { #expect(try await gateway.client.call("POST", "/api/session", good).status == 200) }
            var statuses: [Int] = []
            for number in 0..<12 {
                let body = #"{"key":"guess-number-\#(number)"}"#
                statuses.append(try await gateway.client.call("POST", "/api/session", body).status)
            }

            #expect(statuses == Array(repeating: 401, count: 10) + [429, 429])
            let late = try await gateway.client.call("POST", "/api/session", good)
            #expect(late.status == 429)
            #expect(late.headers["Retry-After"].flatMap { Int($0) }.map { (1...6).contains($0) } == true)
            #expect(try await gateway.member.call("GET", "/api/plans").status == 200, "a key is no sign-in")
        }
    }

    @Test func `without limits nothing is said of them`() async throws {
        try await GatewayHarness.run(rateLimit: 0) { gateway in
            let answer = try await gateway.member.call("GET", "/api/plans")
            #expect(answer.headers["RateLimit-Limit"] == nil)
        }
    }
}
