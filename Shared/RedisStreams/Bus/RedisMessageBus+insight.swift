extension RedisMessageBus {
    /// How many requests this process waits for, or has not cleared away: 0 when all have ended, however they did.
    package var requestsUnderWay: Int { max(requests.count, requests.entryCount) }
}
