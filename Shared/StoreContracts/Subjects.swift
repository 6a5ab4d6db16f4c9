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
        /// A store's timeline.
        package static let events = Subject(trusted: "store.v1.events")
        /// Operations of a store, or those under way.
        package static let operations = Subject(trusted: "store.v1.operations")
        /// One operation.
        package static let operation = Subject(trusted: "store.v1.operation")
        /// All of them.
        package static let all = SubjectFilter(trusted: "store.v1.>")
    }

    /// Requests about keys and users.
    package enum Auth {
        /// Who a key's hash belongs to.
        package static let verify = Subject(trusted: "auth.v1.verify")
        /// All of them.
        package static let all = SubjectFilter(trusted: "auth.v1.>")
        /// Fact: keys or users changed, cached answers are void. Published in the `STORES` stream.
        package static let changed = Subject(trusted: "stores.auth.changed")
    }

    /// Requests to a region's namespace-guards about their cluster.
    package enum Cluster {
        /// Answered by `RegionCapacity`.
        package static func capacity(_ region: Region) -> Subject { Subject(trusted: "cluster.v1.\(region).capacity") }
        /// Answered by `RegionInventory`.
        package static func inventory(_ region: Region) -> Subject {
            Subject(trusted: "cluster.v1.\(region).inventory")
        }
        /// All of a region.
        package static func all(_ region: Region) -> SubjectFilter {
            SubjectFilter(trusted: "cluster.v1.\(region).*")
        }
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
