package import MessageBus
package import StoreDomain

/// Every subject of the platform, in one place. Architecture section 3 is the contract.
package enum Subjects {
    /// Requests to store-service.
    package enum Store {
        /// Creates a store.
        package static let create = Subject(trusted: "store.v1.create")
        /// One store.
        package static let get = Subject(trusted: "store.v1.get")
        /// A page of stores.
        package static let list = Subject(trusted: "store.v1.list")
        /// Deletes a store.
        package static let delete = Subject(trusted: "store.v1.delete")
        /// Tries a FAILED store again.
        package static let retry = Subject(trusted: "store.v1.retry")
        /// Changes what people may change about a store.
        package static let update = Subject(trusted: "store.v1.update")
        /// How a store's admin is entered, the password sealed.
        package static let credentials = Subject(trusted: "store.v1.credentials")
        /// Gives a store other passwords.
        package static let rotate = Subject(trusted: "store.v1.rotate")
        /// A store's timeline.
        package static let events = Subject(trusted: "store.v1.events")
        /// Operations of a store, or those under way.
        package static let operations = Subject(trusted: "store.v1.operations")
        /// One operation.
        package static let operation = Subject(trusted: "store.v1.operation")
        /// How the stores fare, at one glance.
        package static let overview = Subject(trusted: "store.v1.overview")
        /// All of them.
        package static let all = SubjectFilter(trusted: "store.v1.>")
    }

    /// Requests about keys and users.
    package enum Auth {
        /// Who a key's hash belongs to.
        package static let verify = Subject(trusted: "auth.v1.verify")
        /// The same where somebody signs in, which is written down either way.
        package static let signIn = Subject(trusted: "auth.v1.signIn")
        /// All of them.
        package static let all = SubjectFilter(trusted: "auth.v1.>")
        /// Fact: keys or users changed, cached answers are void. Published in the `STORES` stream.
        package static let changed = Subject(trusted: "stores.auth.changed")
    }

    /// Requests about users.
    package enum User {
        /// Adds a user with their first key.
        package static let create = Subject(trusted: "user.v1.create")
        /// One user.
        package static let get = Subject(trusted: "user.v1.get")
        /// A page of users.
        package static let list = Subject(trusted: "user.v1.list")
        /// Changes a user.
        package static let update = Subject(trusted: "user.v1.update")
        /// Removes a user with their keys.
        package static let delete = Subject(trusted: "user.v1.delete")
        /// All of them.
        package static let all = SubjectFilter(trusted: "user.v1.>")
    }

    /// Requests about a user's keys.
    package enum Key {
        /// A page of keys.
        package static let list = Subject(trusted: "key.v1.list")
        /// Adds a key.
        package static let create = Subject(trusted: "key.v1.create")
        /// Adds a key that takes another one's place.
        package static let rotate = Subject(trusted: "key.v1.rotate")
        /// Ends a key.
        package static let revoke = Subject(trusted: "key.v1.revoke")
        /// All of them.
        package static let all = SubjectFilter(trusted: "key.v1.>")
    }

    /// Requests about the audit.
    package enum Audit {
        /// A page of entries.
        package static let list = Subject(trusted: "audit.v1.list")
        /// All of them.
        package static let all = SubjectFilter(trusted: "audit.v1.>")
    }

    /// Requests to a region's namespace-guards about their cluster.
    package enum Cluster {
        /// Answered by `RegionCapacity`.
        package static func capacity(_ region: Region) -> Subject { Subject(trusted: "cluster.v1.\(region).capacity") }
        /// Answered by `RegionInventory`.
        package static func inventory(_ region: Region) -> Subject {
            Subject(trusted: "cluster.v1.\(region).inventory")
        }
        /// What a store's namespace uses of its quota; answered by `NamespaceUsage`.
        package static func usage(_ region: Region) -> Subject { Subject(trusted: "cluster.v1.\(region).usage") }
        /// All of a region.
        package static func all(_ region: Region) -> SubjectFilter {
            SubjectFilter(trusted: "cluster.v1.\(region).*")
        }
    }

    /// Requests to a region's provisioners about what runs in a store's namespace.
    package enum Workload {
        /// Answered by `Page<PodResource>`.
        package static func pods(_ region: Region) -> Subject { Subject(trusted: "workload.v1.\(region).pods") }
        /// Answered by `PodLog`.
        package static func logs(_ region: Region) -> Subject { Subject(trusted: "workload.v1.\(region).logs") }
        /// Answered by several `LogChunk`s.
        package static func follow(_ region: Region) -> Subject { Subject(trusted: "workload.v1.\(region).follow") }
    }

    /// Metrics.
    package enum Metrics {
        /// Request: the collector's summary.
        package static let query = Subject(trusted: "metrics.v1.query")
        /// What instances broadcast.
        package static let snapshots = SubjectFilter(trusted: "metrics.*.*")

        /// Where an instance broadcasts its snapshot.
        package static func snapshot(service: String, instance: String) -> Subject {
            Subject(trusted: "metrics.\(service).\(instance)")
        }
    }

    /// Work for a region's provisioners.
    package static func provision(_ kind: ProvisionCommand.Kind, region: Region) -> Subject {
        Subject(trusted: "provision.\(region).\(kind.rawValue)")
    }

    /// All work of one kind for a region's provisioners.
    package static func provisions(_ kind: ProvisionCommand.Kind, region: Region) -> SubjectFilter {
        SubjectFilter(trusted: "provision.\(region).\(kind.rawValue)")
    }

    /// Work for a region's guards.
    package static func guarding(_ kind: GuardCommand.Kind, region: Region) -> Subject {
        Subject(trusted: "guard.\(region).\(kind.rawValue)")
    }

    /// All work for a region's guards.
    package static func guards(region: Region) -> SubjectFilter { SubjectFilter(trusted: "guard.\(region).*") }

    /// What provisioner and namespace-guard observed of a store.
    package static func fact(_ kind: StoreFact.Kind, of store: StoreID) -> Subject {
        Subject(trusted: "stores.\(store).\(kind.rawValue)")
    }

    /// Facts of one kind, of all stores.
    package static func facts(_ kind: StoreFact.Kind) -> SubjectFilter {
        SubjectFilter(trusted: "stores.*.\(kind.rawValue)")
    }

    /// What store-service recorded of a store, for dashboards and collectors.
    package static func notice(_ kind: StoreNotice.Kind, of store: StoreID) -> Subject {
        Subject(trusted: "stores.\(store).\(kind.rawValue)")
    }

    /// Notices of one kind, of all stores.
    package static func notices(_ kind: StoreNotice.Kind) -> SubjectFilter {
        SubjectFilter(trusted: "stores.*.\(kind.rawValue)")
    }
}
