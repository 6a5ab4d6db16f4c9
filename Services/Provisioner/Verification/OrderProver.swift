import AsyncHTTPClient
import KubernetesClient
import NIOCore
import StoreContracts
import StoreDomain

/// Proves by an order that a store sells: guest and merchant in one, through the ingress.
struct OrderProver: OrderProving {
    let client: HTTPClient
    /// Where the ingress controller listens, without a slash at the end.
    let ingressURL: String
    let secrets: StoreSecrets
    /// For one request.
    var timeout = TimeAmount.seconds(10)

    func prove(_ command: ProvisionCommand) async throws -> OrderProof {
        let key: String
        do {
            key = try await secrets.orderProofKey(command)
        } catch let error as KubernetesError where error.code == .malformed {
            // Trying again gives the store no key.
            return .broken(leg: .product, message: error.message)
        }
        let store = StoreClient(
            http: client,
            ingressURL: ingressURL,
            url: command.url,
            host: command.host,
            timeout: timeout
        )
        var legs = ProofLegs()
        do {
            try await order(store, MerchantSide(client: store, key: key), &legs)
            return .sells(legs.done)
        } catch let stopped as Stopped {
            return .inconclusive(stopped.obstacle)
        } catch let failure as LegFailure {
            return .broken(leg: legs.current, message: failure.message)
        }
    }

    private struct Stopped: Error { let obstacle: OrderProof.Obstacle }

    private func order(_ store: StoreClient, _ merchant: MerchantSide, _ legs: inout ProofLegs) async throws {
        let (begun, choice) = try await legs.run(.product) {
            let begun = try await merchant.begin()
            guard begun.takesGuests else { throw Stopped(obstacle: .guestCheckoutOff) }
            let shopper = GuestShopper(client: store, hasPermalinks: begun.hasPermalinks)
            guard let choice = ProductChoice(from: try await shopper.products()) else {
                throw Stopped(obstacle: .nothingToSell)
            }
            return (begun, choice)
        }
        var shopper = GuestShopper(client: store, hasPermalinks: begun.hasPermalinks)
        _ = try await legs.run(.cart) { try await shopper.openCart() }
        let payment = try await legs.run(.addItem) {
            try await shopper.add(choice)
            guard let payment = try await shopper.tell(begun.address).payment else {
                throw Stopped(obstacle: .cashOnDeliveryOff)
            }
            return payment
        }
        let receipt: OrderReceipt
        do {
            receipt = try await legs.run(.checkout) { try await shopper.order(begun.address, payment: payment) }
            try await legs.run(.orderSeen) { try await merchant.see(receipt) }
        } catch let failure as LegFailure {
            // An order may be there all the same.
            throw await clearedUp(merchant, after: failure)
        }
        try await legs.run(.orderRemoved) {
            guard try await merchant.removeOrders().contains(receipt.id) else {
                throw LegFailure(message: "the order was not among those removed")
            }
        }
    }

    private func clearedUp(_ merchant: MerchantSide, after failure: LegFailure) async -> LegFailure {
        do {
            try await merchant.removeOrders()
            return failure
        } catch {
            // The next proof removes it.
            let why = (error as? LegFailure)?.message ?? "\(error)"
            return LegFailure(message: "\(failure.message); nor could the order be removed: \(why)")
        }
    }
}

/// Takes the time of each leg.
private struct ProofLegs {
    private(set) var done: [StoreCondition.Leg] = []
    private(set) var current = OrderProof.Leg.product

    mutating func run<Result>(_ leg: OrderProof.Leg, _ body: () async throws -> Result) async rethrows -> Result {
        current = leg
        let began = ContinuousClock.now
        let result = try await body()
        done.append(.init(name: leg.rawValue, duration: (ContinuousClock.now - began).timeInterval))
        return result
    }
}
