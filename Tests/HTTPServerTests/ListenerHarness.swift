import HTTPServer
import Logging
import ServiceLifecycle

/// Runs a listener on a free port for the length of a test, then shuts it down gracefully.
func withListener<T: Sendable>(
    _ configure: (inout HTTPListenerConfiguration) -> Void = { _ in },
    handler: @escaping HTTPListener.Handler,
    _ body: (HTTPListener, ServiceGroup) async throws -> T
) async throws -> T {
    var configuration = HTTPListenerConfiguration(port: 0)
    configuration.drainLimit = .seconds(3)
    configure(&configuration)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let listener = try HTTPListener(configuration: configuration, logger: logger, handler: handler)
    let group = ServiceGroup(services: [listener], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result: Result<T, any Error>
        do { result = .success(try await body(listener, group)) } catch { result = .failure(error) }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return try result.get()
    }
}

/// A gate handlers wait at until the test opens it.
actor Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private(set) var arrived = 0

    func pass() async {
        arrived += 1
        guard !isOpen else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}

/// Counts across tasks.
actor Count {
    private(set) var value = 0
    func increment() { value += 1 }
}
