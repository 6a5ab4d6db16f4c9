import Foundation

/// A thread of its own for whatever must not run on the cooperative pool: blocking calls, an event loop.
package enum BlockingThread {
    /// Starts the thread at once. The name is cut to the 15 bytes Linux keeps.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { body() }
        thread.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
        thread.stackSize = 1 << 20
        thread.start()
    }
}
