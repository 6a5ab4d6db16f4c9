import Synchronization

extension MemoryMessageBus: KeyValueStore {
    package func keyValue(_ configuration: KeyValueConfiguration) async throws -> any KeyValueBucket {
        try checkOpen()
        shared.state.withLock { state in
            if state.buckets[configuration.bucket] == nil {
                state.buckets[configuration.bucket] = MemoryBucket(configuration)
            } else {
                state.buckets[configuration.bucket]?.configuration = configuration
            }
        }
        return MemoryKeyValueBucket(bus: self, configuration: configuration)
    }

    package func keyValue(bucket: String) async throws -> (any KeyValueBucket)? {
        try checkOpen()
        return shared.state.withLock { $0.buckets[bucket]?.configuration }
            .map { MemoryKeyValueBucket(bus: self, configuration: $0) }
    }

    package func keyValueBuckets() async throws -> [String] {
        shared.state.withLock { $0.buckets.keys.sorted() }
    }
}

/// A bucket of a memory bus.
struct MemoryKeyValueBucket: KeyValueChanging {
    let bus: MemoryMessageBus
    let configuration: KeyValueConfiguration

    func apply(_ change: KeyValueChange) async throws -> StreamID { try with { try $0.apply(change, now: $1) } }

    func get(_ key: String) async throws -> KeyValueEntry? {
        try check(key)
        return try with { bucket, _ in bucket.entry(key) }
    }

    func keys() async throws -> [String] { try with { bucket, _ in bucket.values.map(\.key).sorted() } }

    func history(of key: String) async throws -> [KeyValueEntry] {
        try check(key)
        return try with { bucket, _ in bucket.history(of: key) }
    }

    func place(of key: String) async throws -> KeyValuePlace {
        try check(key)
        return try with { bucket, _ in bucket.place(of: key) }
    }

    func status() async throws -> KeyValueStatus {
        try with { bucket, _ in
            KeyValueStatus(
                configuration: bucket.configuration,
                keys: bucket.count,
                lastRevision: bucket.lastRevision
            )
        }
    }

    func watch(_ filter: SubjectFilter?) async throws -> BusSequence<KeyValueUpdate> {
        let (stream, continuation) = AsyncThrowingStream<KeyValueUpdate, any Error>.makeStream()
        let key = bus.shared.state.withLock { $0.makeKey() }
        try with { bucket, _ in
            let watcher = MemoryBucket.Watcher(instance: bus.instance, filter: filter, continuation: continuation)
            for entry in bucket.values { watcher.tell(entry) }
            continuation.yield(.initialValuesDone(bucket.lastRevision))
            bucket.watchers[key] = watcher
        }
        // Ends with the sequence: `onTermination` cancels it. Nothing else would tell that a value's time is over.
        let ticker = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(20))
                try with { _, _ in }
            }
        }
        let (shared, name) = (bus.shared, configuration.bucket)
        let forget: @Sendable () -> Void = {
            ticker.cancel()
            _ = shared.state.withLock { $0.buckets[name]?.watchers.removeValue(forKey: key) }
        }
        continuation.onTermination = { _ in Task { forget() } }
        return BusSequence(stream) {
            forget()
            continuation.finish()
        }
    }

    /// With what has lived its time gone.
    private func with<Result>(_ body: (inout MemoryBucket, UInt64) throws -> Result) throws -> Result {
        try bus.checkOpen()
        let now = bus.shared.now()
        return try bus.shared.state.withLock { state in
            guard var bucket = state.buckets[configuration.bucket] else {
                throw BusError(.unknownStream, "no bucket \(configuration.bucket)")
            }
            state.buckets[configuration.bucket] = nil
            defer { state.buckets[configuration.bucket] = bucket }
            bucket.expire(now: now)
            return try body(&bucket, now)
        }
    }
}
