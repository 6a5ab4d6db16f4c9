/// What a list is limited to.
package struct ListOptions: Sendable, Equatable {
    /// For example `app.kubernetes.io/name=mysql`.
    package var labelSelector: String?
    /// For example `involvedObject.kind=Pod`.
    package var fieldSelector: String?
    /// At most this many objects a page; nil: all at once.
    package var limit: Int?
    /// `KubernetesList.continuation` of the page before.
    package var continuation: String?

    /// Everything is optional.
    package init(
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        limit: Int? = nil,
        continuation: String? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continuation = continuation
    }
}

/// Where a watch begins and what it is limited to.
package struct WatchOptions: Sendable, Equatable {
    /// Changes after this version; nil: begins with `added` for everything there is.
    package var resourceVersion: String?
    /// For example `app.kubernetes.io/name=mysql`.
    package var labelSelector: String?
    /// For example `metadata.name=store-a`.
    package var fieldSelector: String?
    /// The server ends the watch after this time.
    package var timeout: Duration

    /// Everything is optional.
    package init(
        resourceVersion: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        timeout: Duration = .seconds(240)
    ) {
        self.resourceVersion = resourceVersion
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.timeout = timeout
    }
}

/// How something is deleted.
package struct DeleteOptions: Sendable, Equatable {
    /// What happens to the objects that the deleted one owns.
    package enum Propagation: String, Sendable {
        /// Owned objects go after it.
        case background = "Background"
        /// Owned objects go before it.
        case foreground = "Foreground"
        /// Owned objects stay.
        case orphan = "Orphan"
    }

    /// What happens to owned objects.
    package var propagation: Propagation
    /// Only the object with this uid; another of the same name is `conflict`.
    package var uid: String?
    /// Seconds a pod is given to end; nil: its own.
    package var gracePeriodSeconds: Int?

    /// In the background, whatever object has the name, with its own grace period.
    package init(propagation: Propagation = .background, uid: String? = nil, gracePeriodSeconds: Int? = nil) {
        self.propagation = propagation
        self.uid = uid
        self.gracePeriodSeconds = gracePeriodSeconds
    }
}

/// Objects, and the version at which they were as they are.
package struct KubernetesList: Sendable, Equatable {
    /// The objects.
    package let items: [KubernetesObject]
    /// Where a watch goes on from.
    package let resourceVersion: String
    /// Names the next page; nil on the last.
    package let continuation: String?

    /// Makes a list.
    package init(items: [KubernetesObject], resourceVersion: String, continuation: String? = nil) {
        self.items = items
        self.resourceVersion = resourceVersion
        self.continuation = continuation
    }
}

/// A change, as the server reports it.
package enum KubernetesWatchEvent: Sendable, Equatable {
    /// A new object, or one that was there when the watch began.
    case added(KubernetesObject)
    /// The object is now so.
    case modified(KubernetesObject)
    /// The object is gone; this was its last state.
    case deleted(KubernetesObject)
    /// Nothing changed up to this version.
    case bookmark(resourceVersion: String)
}

/// The server's version.
package struct KubernetesVersion: Sendable, Equatable {
    /// For example 1.
    package let major: Int
    /// For example 20.
    package let minor: Int
    /// For example `v1.20.2`.
    package let name: String

    /// Makes a version.
    package init(major: Int, minor: Int, name: String) {
        self.major = major
        self.minor = minor
        self.name = name
    }
}
