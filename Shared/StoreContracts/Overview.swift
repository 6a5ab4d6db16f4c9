package import Foundation
package import StoreDomain

/// `store.v1.overview`; answered by `Overview`.
package struct OverviewRequest: Hashable, Sendable, Codable {
    /// Who asks; members see their own stores, admins all and what the clusters have left.
    package let caller: Caller

    /// Makes the request.
    package init(caller: Caller) { self.caller = caller }
}

/// How the stores fare that a caller may see, at one glance; what `GET /api/overview` answers.
package struct Overview: Hashable, Sendable, Codable {
    /// Operations under way.
    package struct Operations: Hashable, Sendable, Codable {
        /// Accepted, and nobody has begun.
        package let waiting: Int
        /// Being worked on.
        package let running: Int

        /// Counts them.
        package init(waiting: Int, running: Int) {
            self.waiting = waiting
            self.running = running
        }
    }

    /// How creations went that ended lately.
    package struct Provisioning: Hashable, Sendable, Codable {
        /// One that succeeded.
        package struct Sample: Hashable, Sendable, Codable {
            /// When it ended.
            package let at: Date
            /// How long it took from being accepted, in seconds.
            package let seconds: Double
            /// What was made.
            package let engine: Engine

            /// Describes one.
            package init(at: Date, seconds: Double, engine: Engine) {
                self.at = at
                self.seconds = seconds
                self.engine = engine
            }
        }

        /// Over which time: `24h`.
        package let window: String
        /// How many became READY.
        package let succeeded: Int
        /// How many were given up.
        package let failed: Int
        /// Half of those that succeeded took no longer, in seconds; nil where there are none.
        package let medianSeconds: Double?
        /// 95 of 100 took no longer.
        package let p95Seconds: Double?
        /// The latest, at most 200, the oldest first.
        package let samples: [Sample]

        /// Sums them up.
        package init(
            window: String,
            succeeded: Int,
            failed: Int,
            medianSeconds: Double?,
            p95Seconds: Double?,
            samples: [Sample]
        ) {
            self.window = window
            self.succeeded = succeeded
            self.failed = failed
            self.medianSeconds = medianSeconds
            self.p95Seconds = p95Seconds
            self.samples = samples
        }
    }

    /// Operations of the same window that failed for one reason.
    package struct Failure: Hashable, Sendable, Codable {
        /// Why, as `StoreFailure.Code`.
        package let code: String
        /// How many.
        package let count: Int
        /// When the last one failed.
        package let lastAt: Date
        /// Its store.
        package let storeId: StoreID

        /// Describes a reason.
        package init(code: String, count: Int, lastAt: Date, storeId: StoreID) {
            self.code = code
            self.count = count
            self.lastAt = lastAt
            self.storeId = storeId
        }
    }

    /// By status, each of them, also with 0.
    package let stores: [String: Int]
    /// READY stores that do not sell now.
    package let degraded: Int
    /// What is under way.
    package let operations: Operations
    /// How creations went.
    package let provisioning: Provisioning
    /// Why operations failed, the most frequent reason first.
    package let failures: [Failure]
    /// The regions' clusters, by name; for admins, else empty.
    package let capacity: [ClusterRoom]

    /// Sums everything up.
    package init(
        stores: [String: Int],
        degraded: Int,
        operations: Operations,
        provisioning: Provisioning,
        failures: [Failure],
        capacity: [ClusterRoom]
    ) {
        self.stores = stores
        self.degraded = degraded
        self.operations = operations
        self.provisioning = provisioning
        self.failures = failures
        self.capacity = capacity
    }
}
