import HTTPServer
import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts

/// The limits of this API: by key, by address for whoever has none, and stricter for sign-ins that fail.
struct RateLimits: Service {
    /// Failed sign-ins from one address.
    static let signIns = RateLimit(count: 10, period: .seconds(60))
    private static let interval: Duration = .milliseconds(100)

    private let keys: RateLimiter?
    private let addresses: RateLimiter?
    private let failures: RateLimiter?

    /// `perSecond` requests of each key and of each address; 0: no limits at all.
    init(perSecond: Int, ledger: any RateLedger, logger: Logger) {
        let limit = RateLimit(count: perSecond, period: .seconds(1))
        func limiter(_ kind: String, _ limit: RateLimit) -> RateLimiter? {
            perSecond > 0 ? RateLimiter(kind, limit, ledger: ledger, logger: logger) : nil
        }
        keys = limiter("key", limit)
        addresses = limiter("address", limit)
        failures = limiter("signIn", Self.signIns)
    }

    func run() async throws {
        let limiters = [keys, addresses, failures].compactMap { $0 }
        // Where there is nothing to do it still has to be there until the end; being cancelled is one.
        guard !limiters.isEmpty else { do { return try await gracefulShutdown() } catch { return } }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for limiter in limiters {
                    group.addTask { await tick(limiter) }
                }
            }
        }
    }

    /// A request with a key that is valid. Nil where nothing is limited.
    func spend(key: String) async throws(RateExceeded) -> RateStanding? { try await keys?.spend(key) }

    /// A request of somebody whose key is not known, or who has none.
    func spend(address: String) async throws(RateExceeded) -> RateStanding? {
        try await addresses?.spend(IPAddress.network(of: address))
    }

    /// They had a valid key after all.
    func giveBack(address: String) { addresses?.giveBack(IPAddress.network(of: address)) }

    /// Signs in, unless too many sign-ins from there failed lately. Counts as a failure from the beginning, until it is
    /// known to be none: so no more can be tried at once than may fail.
    func signIn<Result>(from address: String, _ body: () async throws -> Result) async throws -> Result {
        let network = IPAddress.network(of: address)
        _ = try await failures?.spend(network)
        do {
            let result = try await body()
            failures?.giveBack(network)
            return result
        } catch let fault as ServiceFault where fault.code == .unauthenticated {
            throw fault
        } catch {
            // An outage says nothing of the key.
            failures?.giveBack(network)
            throw error
        }
    }

    private func tick(_ limiter: RateLimiter) async {
        while !Task.isCancelled {
            await limiter.tick()
            // The interval in which gateways tell each other, at least, what they let through.
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }
}
