/// Kills test servers when the test process has ended, even when it was killed itself.
enum TestRedisWatchdog {
    /// Leaves a shell behind that waits for this process' end, then kills the server there and removes its files.
    static func watch(directory: String) throws {
        let stop = "test -s \(directory)/redis.pid && kill -9 $(cat \(directory)/redis.pid); rm -rf \(directory)"
        try TestShell.leaveBehind("cat >/dev/null; \(stop)")
    }
}
