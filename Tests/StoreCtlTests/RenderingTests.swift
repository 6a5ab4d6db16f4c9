import Foundation
import ServiceRuntime
import Testing

@testable import StoreCtl

@Suite struct RenderingTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let store: JSONValue = [
        "id": "01J0000000000000000000000A", "name": "acme", "displayName": "Acme\u{1B}[2J", "engine": "woocommerce",
        "plan": "small", "region": "local", "status": "READY", "owner": "u", "url": "http://store-acme.example.com",
        "adminUrl": "http://store-acme.example.com/wp-admin/", "deletionProtection": true,
        "createdAt": .string(RFC3339.format(Date(timeIntervalSince1970: 1_799_999_880))),
        "conditions": [
            ["type": "Reachable", "status": "True", "reason": "Answered", "message": "It answers."],
            ["type": "Degraded", "status": "True", "reason": "CheckoutFailed", "message": "Nobody can order."],
        ],
    ]

    @Test func `stores are listed with their age, and what is wrong with them`() throws {
        let lines = StoreView(now: now).table([store])
        try #require(lines.count == 2)
        #expect(lines[0].hasPrefix("NAME"))
        #expect(lines[1].hasPrefix("acme  READY (degraded)"))
        #expect(lines[1].contains("2m00s"))
        #expect(StoreView(now: now).table([]) == ["no stores"])
    }

    @Test func `a store is shown whole, and sends nothing to the terminal`() {
        let lines = StoreView(now: now).lines(store)
        #expect(lines.contains { $0.hasPrefix("displayName") && $0.hasSuffix("Acme\\u{1b}[2J") })
        #expect(lines.contains { $0.hasPrefix("deletionProtection") && $0.hasSuffix("on") })
        #expect(lines.contains { $0.contains("CheckoutFailed") })
    }

    @Test func `a failure says what happened and what to do`() {
        let failure: JSONValue = [
            "code": "IMAGE_PULL_FAILED", "step": "AwaitWorkloads", "hint": "Check the image's name.",
            "evidence": [["kind": "Pod", "name": "p", "reason": "ErrImagePull", "message": "not found"]],
        ]
        #expect(
            StoreView(now: now).failure(failure) == [
                "", "It failed: IMAGE_PULL_FAILED in AwaitWorkloads", "  Check the image's name.", "  · not found",
            ]
        )
        #expect(StoreView(now: now).failure(nil) == [])
    }

    @Test func `a progress bar says how far, what and how long`() {
        let running: JSONValue = [
            "status": "running", "progress": 50, "currentStep": "ConfigureStore", "estimatedSeconds": 4.2,
        ]
        #expect(ProgressBar(operation: running, width: 4).line == "██░░ 50 %  ConfigureStore  about 4s left")
        let ended: JSONValue = ["status": "succeeded", "progress": 100, "estimatedSeconds": 9]
        #expect(ProgressBar(operation: ended, width: 4).line == "████ 100 %  succeeded")
        #expect(ProgressBar(operation: ["progress": 900], width: 4).line == "████ 100 %")
    }

    @Test func `an event is one line`() {
        let event: JSONValue = ["createdAt": "2026-01-01T00:00:00.000Z", "event": "created", "message": "a\nb"]
        #expect(EventLine.text(event) == "2026-01-01T00:00:00.000Z  created               a\\nb")
    }
}
