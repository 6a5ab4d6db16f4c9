/// The answers of a service about itself, as NATS' services give them (ADR-32): the members' names are its.
package enum ServiceDescription {
    /// `io.nats.micro.v1.ping_response`: it is there.
    package struct Ping: Codable, Hashable, Sendable {
        /// The kind of answer.
        package var type = "io.nats.micro.v1.ping_response"
        /// The service's name.
        package let name: String
        /// The instance.
        package let id: String
        /// The service's version, semantic.
        package let version: String
        /// What else is to be known.
        package let metadata: [String: String]
    }

    /// `io.nats.micro.v1.info_response`: what it answers.
    package struct Info: Codable, Hashable, Sendable {
        /// One endpoint.
        package struct Endpoint: Codable, Hashable, Sendable {
            /// Its name.
            package let name: String
            /// The subjects it answers.
            package let subject: String
            /// Who shares them.
            package let queue_group: String
        }

        /// The kind of answer.
        package var type = "io.nats.micro.v1.info_response"
        /// The service's name.
        package let name: String
        /// The instance.
        package let id: String
        /// The service's version, semantic.
        package let version: String
        /// What it is for.
        package let description: String
        /// What else is to be known.
        package let metadata: [String: String]
        /// What it answers; none for services that only work on streams.
        package let endpoints: [Endpoint]
    }

    /// `io.nats.micro.v1.stats_response`: what became of the requests.
    package struct Stats: Codable, Hashable, Sendable {
        /// One endpoint; times in nanoseconds.
        package struct Endpoint: Codable, Hashable, Sendable {
            /// Its name.
            package let name: String
            /// The subjects it answers.
            package let subject: String
            /// Who shares them.
            package let queue_group: String
            /// How many were answered.
            package let num_requests: Int
            /// How many of the answers were errors.
            package let num_errors: Int
            /// The last error, `code:description`.
            package let last_error: String
            /// The time spent on all.
            package let processing_time: Int64
            /// The time spent on one.
            package let average_processing_time: Int64
        }

        /// The kind of answer.
        package var type = "io.nats.micro.v1.stats_response"
        /// The service's name.
        package let name: String
        /// The instance.
        package let id: String
        /// The service's version, semantic.
        package let version: String
        /// What else is to be known.
        package let metadata: [String: String]
        /// Since when, RFC 3339.
        package let started: String
        /// The same as in the info, with numbers.
        package let endpoints: [Endpoint]
    }
}

extension ServiceDescription.Info.Endpoint {
    init(_ endpoint: ServiceEndpoint) {
        self.init(name: endpoint.name, subject: endpoint.filter.description, queue_group: endpoint.queueGroup)
    }
}

extension ServiceDescription.Stats.Endpoint {
    init(_ endpoint: ServiceEndpoint) {
        let statistics = endpoint.statistics
        let (seconds, attoseconds) = statistics.processingTime.components
        let time = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        self.init(
            name: endpoint.name,
            subject: endpoint.filter.description,
            queue_group: endpoint.queueGroup,
            num_requests: statistics.requests,
            num_errors: statistics.errors,
            last_error: statistics.lastError,
            processing_time: time,
            average_processing_time: time / Int64(max(1, statistics.requests))
        )
    }
}
