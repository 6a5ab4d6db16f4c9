import Glibc

/// Places where a process can be made to die at once, by SIGKILL, as if its machine had gone: for the proof that a crash
/// anywhere loses nothing and doubles nothing.
///
/// Off unless the setting `FAILPOINT` names one. Names are `<service>.<place>.before` or `.after`,
/// `provisioner.InstallRelease.before`; the idea is that of etcd's gofail and TiKV's fail-rs.
package struct Failpoints: Sendable {
    private let armed: String?
    private let die: @Sendable () -> Void

    /// `armed`: the name of the place; nil for none.
    package init(armed: String? = nil) {
        self.init(armed: armed) {
            kill(getpid(), SIGKILL)
            // The signal may take a moment to arrive; nothing may happen meanwhile.
            while true { pause() }
        }
    }

    /// For tests of several workers in one process: what dying is there, such as cancelling the worker's task.
    package init(armed: String?, die: @escaping @Sendable () -> Void) {
        self.armed = armed
        self.die = die
    }

    /// Does not return from the place that is armed; where dying is cancelling, what follows must ask for that.
    package func reach(_ place: @autoclosure () -> String) {
        guard let armed, armed == place() else { return }
        die()
    }

    /// Runs the body between `<place>.before` and `<place>.after`; the latter only when it did not throw.
    package func around<Result>(
        _ place: @autoclosure () -> String,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        reach("\(place()).before")
        let result = try await body()
        reach("\(place()).after")
        return result
    }
}
