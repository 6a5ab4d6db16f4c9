import Foundation
import StoreDomain
import Testing

@testable import StoreService

@Suite struct VerificationScheduleTests {
    private let schedule = VerificationSchedule(resync: 300, canary: 900)
    private let since = Date(timeIntervalSince1970: 1_800_000_000)

    /// A store that has had its status since `since`.
    private func store(_ status: StoreStatus, _ checks: StoreChecks = StoreChecks(), degradedAfter: Double? = nil)
        throws -> StoreRecord
    {
        var conditions: [StoreCondition] = []
        if let degradedAfter {
            let time = since.addingTimeInterval(degradedAfter)
            conditions.append(
                StoreCondition(type: .degraded, status: .yes, reason: "CheckoutFailed", lastTransitionTime: time)
            )
        }
        var store = StoreRecord(
            id: StoreID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            name: try StoreName("acme"),
            displayName: "Acme",
            engine: .woocommerce,
            plan: .small,
            region: try #require(Region("local")),
            ownerID: UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FA1"),
            host: "h",
            url: "u",
            lifecycle: StoreLifecycle(
                status: status,
                generation: 1,
                observedGeneration: 1,
                conditions: conditions,
                failure: nil,
                readyAt: nil
            ),
            createdAt: since,
            updatedAt: since,
            activeAt: since,
            requestedAt: since,
            statusSince: since
        )
        store.checks = checks
        return store
    }

    private func at(_ seconds: Double) -> Date { since.addingTimeInterval(seconds) }

    /// Seconds after `since`.
    private func due(_ store: StoreRecord, _ schedule: VerificationSchedule? = nil, random: Double = 0) -> Double? {
        (schedule ?? self.schedule).due(store, random: random)?.timeIntervalSince(since)
    }

    @Test(arguments: [StoreStatus.pending, .provisioning, .deleting])
    func `a store that is being made or removed is left alone`(status: StoreStatus) throws {
        #expect(due(try store(status)) == nil)
        #expect(!schedule.wantsOrder(try store(status), now: at(10_000)))
    }

    @Test func `a READY store is looked at every so often, counted from the last look`() throws {
        #expect(due(try store(.ready)) == 300)
        #expect(due(try store(.ready, StoreChecks(checkedAt: at(310)))) == 610)
    }

    @Test func `an order is placed every so often, counted from the last that was asked for or went through`() throws {
        let checks = StoreChecks(checkedAt: at(800), orderAskedAt: nil, verifiedAt: at(-5))
        #expect(due(try store(.ready, checks)) == 900)
        #expect(!schedule.wantsOrder(try store(.ready, checks), now: at(899)))
        #expect(schedule.wantsOrder(try store(.ready, checks), now: at(900)))
        // One that was asked for and not answered is not asked for again at once.
        let asked = StoreChecks(checkedAt: at(900), orderAskedAt: at(900), verifiedAt: at(-5))
        #expect(!schedule.wantsOrder(try store(.ready, asked), now: at(1200)))
        #expect(due(try store(.ready, asked)) == 1200)
    }

    @Test func `without the canary no order is placed, except in a degraded store`() throws {
        let off = VerificationSchedule(resync: 300, canary: 0)

        #expect(due(try store(.ready), off) == 300)
        #expect(!off.wantsOrder(try store(.ready), now: at(100_000)))
        #expect(off.wantsOrder(try store(.ready, degradedAfter: 0), now: at(10)))
    }

    @Test func `a canary that is more frequent than looks sets the pace`() throws {
        let eager = VerificationSchedule(resync: 300, canary: 20)

        #expect(due(try store(.ready, StoreChecks(checkedAt: at(100), orderAskedAt: at(100))), eager) == 120)
    }

    @Test func `a FAILED store is looked at after 15 s, 30 s, 60 s, and then as often as any other`() throws {
        var checks = StoreChecks(checkedAt: at(-100))
        var looks: [Double] = []
        for _ in 0..<8 {
            let next = try #require(due(try store(.failed, checks)))
            looks.append(next)
            checks.checkedAt = at(next)
        }

        #expect(looks == [15, 30, 60, 120, 240, 480, 780, 1080])
        #expect(!schedule.wantsOrder(try store(.failed), now: at(10_000)))
    }

    @Test func `a degraded store is looked at with an order soon after it went wrong`() throws {
        let checks = StoreChecks(checkedAt: at(1000), orderAskedAt: at(1000))

        #expect(due(try store(.ready, checks, degradedAfter: 1002)) == 1017)
        #expect(due(try store(.ready, StoreChecks(checkedAt: at(1017)), degradedAfter: 1002)) == 1032)
        #expect(schedule.wantsOrder(try store(.ready, checks, degradedAfter: 1002), now: at(1017)))
    }

    @Test func `looks are spread, later by up to a tenth and never earlier`() throws {
        #expect(due(try store(.ready), random: 0.5) == 315)
        #expect(due(try store(.failed), random: 0.999).map { $0 < 16.5 } == true)
    }
}
