import ServiceRuntime

package import struct Foundation.Date

/// Which log, and how much of it.
package struct PodLogOptions: Sendable, Equatable {
    /// The container; nil where the pod has one only.
    package var container: String?
    /// The last lines; nil: all of them.
    package var tailLines: Int?
    /// Of the container's previous life, after a restart.
    package var previous: Bool
    /// Begin each line with its time (RFC 3339 with up to nine digits of a second) and a space.
    package var timestamps: Bool
    /// Only lines of this second and later; the server knows no fractions here.
    package var since: Date?
    /// Go on with what comes.
    package var follow: Bool
    /// At most so many bytes, counted from the first: the last lines are what is missing then.
    package var limitBytes: Int?

    /// The last 50 lines unless told.
    package init(
        container: String? = nil,
        tailLines: Int? = 50,
        previous: Bool = false,
        timestamps: Bool = false,
        since: Date? = nil,
        follow: Bool = false,
        limitBytes: Int? = nil
    ) {
        self.container = container
        self.tailLines = tailLines
        self.previous = previous
        self.timestamps = timestamps
        self.since = since
        self.follow = follow
        self.limitBytes = limitBytes
    }

    /// Where the server serves it.
    func path(_ pod: String, namespace: String) -> RequestPath {
        RequestPath(.pods, namespace: namespace, name: pod, subresource: "log")
            .adding("container", container)
            .adding("tailLines", tailLines.map(String.init))
            .adding("previous", previous ? "true" : nil)
            .adding("timestamps", timestamps ? "true" : nil)
            .adding("sinceTime", since.map(RFC3339.format))
            .adding("follow", follow ? "true" : nil)
            .adding("limitBytes", limitBytes.map(String.init))
    }
}
