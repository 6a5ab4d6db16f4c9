package import ServiceRuntime

extension SettingsReader {
    /// `REDIS_URL`: where Redis is. Nil where it is missing or malformed, which the reader remembers.
    package func redis() -> RedisURL? {
        parsed(
            "REDIS_URL",
            expected:
                "redis[s]://[user:password@]host[:port][/database], redis[s]+sentinel://host,host/master or unix:///path",
            isSecret: true,
            shown: { $0.description }
        ) { text -> RedisURL? in
            // Why it is malformed says nothing that the expectation does not say.
            try? RedisURL(text)
        }
    }

    /// `BUS_CELL`: which platform among several on one Redis.
    package func busCell() -> String { string("BUS_CELL", default: "local") }
}
