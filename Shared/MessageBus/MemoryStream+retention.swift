extension MemoryStream {
    /// What an acknowledged message leaves: nothing, in a work queue.
    mutating func remove(_ id: StreamID) {
        guard case .workQueue = configuration.retention else { return }
        log.removeAll { $0.stored.id == id }
    }

    /// Removes what is too old or what every consumer has settled.
    mutating func trim(now: UInt64) {
        switch configuration.retention {
        case .workQueue: return
        case .limits(_, let age):
            guard let age = age?.wholeMilliseconds, now > age else { return }
            let oldest = now - age
            let kept = log.firstIndex { $0.stored.id.milliseconds >= oldest } ?? log.endIndex
            log.removeSubrange(..<kept)
        case .interest:
            let needed = log.firstIndex { entry in
                consumers.values.contains { entry.stored.id > $0.cursor || $0.pending[entry.stored.id] != nil }
            }
            log.removeSubrange(..<(needed ?? log.endIndex))
        }
    }
}
