import PlatformCrypto

/// A Lua script that changes several keys at once; Redis runs it as one step.
///
/// Each lives in a file of its own with its contract on top. Its first line names it and its version: two versions have
/// two digests, so old and new processes can share a server.
struct RedisScript: Sendable {
    let source: String
    let digest: String

    init(_ source: String) {
        self.source = source
        digest = SHA1Digest(of: source).hex
    }

    /// All scripts, to be loaded on each new connection.
    static let all: [RedisScript] = [
        .append, .acknowledge, .acknowledgeAndDelete, .acknowledgeAll, .negativeAcknowledge, .inProgress, .terminate,
        .reclaim, .resume, .release, .deleteConsumer, .createConsumer, .fetch, .sweepConsumers, .consumerInfo,
        .destroyConsumer, .declareStream, .maintainStream, .subjects, .redrive, .heartbeat, .leave, .acquireLease,
        .renewLease, .releaseLease, .claimInstance, .releaseInstance,
        .keyValueDeclare, .keyValueWrite, .keyValueAdvance, .keyValuePlace, .keyValueSweep, .keyValueRead,
        .keyValueSnapshot,
        .schedule, .cancelSchedule, .scheduled, .moveScheduled, .putOffScheduled, .spendRate,
    ]

    /// The call by digest.
    func call(keys: [[UInt8]], argumentCount: Int, capacity: Int = 256) -> RedisCommand {
        begin("EVALSHA", digest, keys, argumentCount, capacity)
    }

    /// The call by source, which also makes Redis remember it.
    func callBySource(keys: [[UInt8]], argumentCount: Int) -> RedisCommand {
        begin("EVAL", source, keys, argumentCount, source.utf8.count + 256)
    }

    private func begin(
        _ verb: String,
        _ script: String,
        _ keys: [[UInt8]],
        _ argumentCount: Int,
        _ capacity: Int
    ) -> RedisCommand {
        var command = RedisCommand(count: 3 + keys.count + argumentCount, capacity: capacity)
        command.add(verb)
        command.add(script)
        command.add(keys.count)
        for key in keys { command.add(key) }
        return command
    }
}

extension RedisConnection {
    /// Runs a script; where the server forgot it, once more by its source. `arguments` may be called twice.
    func submit(
        _ script: RedisScript,
        keys: [[UInt8]],
        argumentCount: Int,
        capacity: Int = 256,
        arguments: @escaping @Sendable (inout RedisCommand) -> Void,
        _ completion: @escaping Completion
    ) {
        var command = script.call(keys: keys, argumentCount: argumentCount, capacity: capacity)
        arguments(&command)
        submit(command) { answer in
            guard case .failure(let error) = answer, error.code == .noScript else { return completion(answer) }
            var again = script.callBySource(keys: keys, argumentCount: argumentCount)
            arguments(&again)
            self.submit(again, completion)
        }
    }

    /// Runs a script with text arguments and waits for its answer.
    func run(_ script: RedisScript, keys: [[UInt8]], _ arguments: [String] = []) async throws -> RESPValue {
        await room()
        return try await withCheckedThrowingContinuation { continuation in
            submit(
                script,
                keys: keys,
                argumentCount: arguments.count,
                arguments: { command in for argument in arguments { command.add(argument) } },
                { answer in
                    continuation.resume(
                        with: answer.map {
                            var cursor = $0
                            return cursor.value()
                        }
                    )
                }
            )
        }
    }
}
