import Foundation
import StoreDomain
import Testing

@testable import StoreService

@Suite struct AdmissionDecisionTests {
    private let decision = AdmissionDecision(limit: 5)
    private let ada = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FA1")
    private let bob = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FB1")
    private let eve = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FE1")

    /// Stores of an owner, asked for at these seconds.
    private func stores(of owner: UserID, _ seconds: [Int]) -> [WaitingStore] {
        seconds.map { second in
            let id = StoreID(trustedForTests: String(owner.description.suffix(2)) + String(format: "%024d", second))
            return WaitingStore(id: id, owner: owner, since: Date(timeIntervalSince1970: Double(second)))
        }
    }

    private func order(running: [UserID: Int] = [:], _ waiting: [WaitingStore]) -> [String] {
        let names = [ada: "a", bob: "b", eve: "e"]
        return decision.order(running: running, waiting: waiting.shuffled()).map { store in
            "\(names[store.owner] ?? "?")\(Int(store.since.timeIntervalSince1970))"
        }
    }

    @Test func `of one owner's stores the oldest comes first`() {
        #expect(order(stores(of: ada, [3, 1, 2])) == ["a1", "a2", "a3"])
    }

    @Test func `an owner with one store waits for one place, not for another's fifty`() {
        let order = order(running: [ada: 5], stores(of: ada, Array(1...50)) + stores(of: bob, [99]))

        #expect(order.first == "b99")
        #expect(order.count == 51)
    }

    @Test func `owners take turns, whoever has fewer under way first`() {
        let waiting = stores(of: ada, [1, 2, 3]) + stores(of: bob, [4, 5]) + stores(of: eve, [6])

        #expect(order(waiting) == ["a1", "b4", "e6", "a2", "b5", "a3"])
        #expect(order(running: [ada: 2, bob: 1], waiting) == ["e6", "b4", "a1", "b5", "a2", "a3"])
    }

    @Test func `as many places are free as the limit leaves, never fewer than none`() {
        #expect(decision.places(running: [:]) == 5)
        #expect(decision.places(running: [ada: 2, bob: 1]) == 2)
        #expect(decision.places(running: [ada: 4, bob: 3]) == 0)
    }

    @Test func `newcomers come first only until the waiting owner's own stores have ended`() {
        let waiting = stores(of: ada, [0]) + stores(of: bob, [10]) + stores(of: eve, [11])

        #expect(order(running: [ada: 1], waiting) == ["b10", "e11", "a0"])
        #expect(order(running: [:], waiting).first == "a0")
        #expect(order(running: [bob: 1, eve: 1], waiting).first == "a0")
    }
}

extension AdmissionDecisionTests {
    @Test func `the youngest's place by lengths of queues is that in the order of all`() {
        for _ in 0..<300 {
            let owners = [ada, bob, eve].shuffled().prefix(Int.random(in: 1...3))
            let running = Dictionary(uniqueKeysWithValues: owners.map { ($0, Int.random(in: 0...4)) })
            let waiting = owners.flatMap {
                stores(of: $0, (0..<Int.random(in: 0...6)).map { _ in Int.random(in: 0...99) })
            }
            let unique = Dictionary(waiting.map { ($0.id, $0) }) { first, _ in first }.values
            let owner = [ada, bob, eve].randomElement() ?? ada
            let youngest = stores(of: owner, [100])

            let order = decision.order(running: running, waiting: Array(unique) + youngest)
            let lengths = Dictionary(grouping: unique, by: \.owner).mapValues(\.count)

            #expect(decision.ahead(of: owner, running: running, waiting: lengths) == order.firstIndex(of: youngest[0]))
        }
    }
}

extension StoreID {
    /// For literals of tests.
    init(trustedForTests text: String) {
        guard let id = StoreID(text) else { preconditionFailure("not an id: \(text)") }
        self = id
    }
}

extension UserID {
    /// For literals of tests.
    init(trustedForTests text: String) {
        guard let id = UserID(text) else { preconditionFailure("not an id: \(text)") }
        self = id
    }
}
