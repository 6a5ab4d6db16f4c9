package import MessageBus
package import ServiceRuntime

extension DependencyProbe {
    /// The question whether the bus has its Redis, under the name every service and `/ready` use for it.
    package static func redis(_ bus: any MessageBus) -> (name: String, check: Check) {
        (
            "redis",
            {
                guard await bus.isConnected() else { throw Unreachable("not connected") }
                return nil
            }
        )
    }
}
