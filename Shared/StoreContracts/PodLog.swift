/// A line of a container's log as it may be shown: passwords taken out, control characters made harmless, cut where it is
/// very long.
package struct PodLogLine: Hashable, Sendable, Codable {
    /// When it was written: RFC 3339 in UTC with nine digits of a second, so that texts compare as times do. Nil where the
    /// container runtime did not say.
    package let at: String?
    /// The line, without its end.
    package let text: String

    /// Makes a line.
    package init(at: String?, text: String) {
        self.at = at
        self.text = text
    }
}

/// The end of a container's log at one moment.
package struct PodLog: Hashable, Sendable, Codable {
    /// The pod.
    package let pod: String
    /// The container.
    package let container: String
    /// Which of the container's lives it is; another after each restart.
    package let life: String
    /// The lines, the oldest first.
    package let lines: [PodLogLine]
    /// How many older ones of those asked for were left out, because all of them are too much for one answer.
    package let omitted: Int

    /// Makes the answer.
    package init(pod: String, container: String, life: String, lines: [PodLogLine], omitted: Int) {
        self.pod = pod
        self.container = container
        self.life = life
        self.lines = lines
        self.omitted = omitted
    }
}

/// A part of a log that is being followed.
package struct LogChunk: Hashable, Sendable, Codable {
    /// What comes after it.
    package enum Next: String, Hashable, Sendable, Codable {
        /// More chunks of this answer; without lines it only says that somebody is still at it.
        case open
        /// Nothing more of this answer: ask again.
        case again
        /// Nothing more ever; `reason` says why.
        case over
    }

    /// Why nothing more comes.
    package enum Reason: String, Hashable, Sendable, Codable {
        /// The container has ended.
        case ended
        /// The container was started anew; its new life has a log of its own.
        case restarted
        /// The pod is gone.
        case gone
    }

    /// The lines, the oldest first.
    package let lines: [PodLogLine]
    /// Whether lines between the last one before and these are lost: the log was rotated away meanwhile.
    package let isAfterGap: Bool
    /// What comes after it.
    package let next: Next
    /// For `over`.
    package let reason: Reason?

    /// Makes a chunk.
    package init(lines: [PodLogLine], isAfterGap: Bool = false, next: Next, reason: Reason? = nil) {
        self.lines = lines
        self.isAfterGap = isAfterGap
        self.next = next
        self.reason = reason
    }
}
