package import Logging
import ServiceLifecycle

/// Asks a service's dependencies at an interval whether they answer, and keeps the readiness board up to date.
///
/// A change of status is logged once. A probe that takes longer than the limit counts as down.
package struct DependencyProbe: Service {
    /// One question to one dependency: returns a detail worth knowing (a version) or nil, throws when it is away.
    package typealias Check = @Sendable () async throws -> String?

    /// A dependency that did not answer.
    package struct Unreachable: Error, CustomStringConvertible {
        /// Why, for operators.
        package let description: String

        /// Says why.
        package init(_ description: String) { self.description = description }
    }

    private let board: ReadinessBoard
    private let interval: Duration
    private let limit: Duration
    private let logger: Logger
    private let checks: [(name: String, check: Check)]

    /// - Parameters:
    ///   - checks: by the name on the board; asked side by side.
    ///   - limit: how long an answer may take.
    package init(
        board: ReadinessBoard,
        interval: Duration = .seconds(2),
        limit: Duration = .seconds(5),
        logger: Logger,
        checks: [(name: String, check: Check)]
    ) {
        self.board = board
        self.interval = interval
        self.limit = limit
        self.logger = logger
        self.checks = checks
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await probe()
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Asks everyone once.
    package func probe() async {
        await withTaskGroup(of: Void.self) { group in
            for (name, check) in checks {
                group.addTask {
                    let answer = await self.answer(of: check)
                    guard !Task.isCancelled else { return }
                    self.report(name, answer)
                }
            }
        }
    }

    private func answer(of check: @escaping Check) async -> Result<String?, any Error> {
        await withTaskGroup(of: Result<String?, any Error>.self) { group in
            group.addTask {
                do { return .success(try await check()) } catch { return .failure(error) }
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return .failure(error) }
                return .failure(Unreachable("no answer within \(limit)"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(CancellationError())
        }
    }

    private func report(_ name: String, _ answer: Result<String?, any Error>) {
        switch answer {
        case .success(let detail):
            if board.update(name, .up, detail: detail) {
                logger.notice("Dependency is up", metadata: ["dependency": "\(name)"])
            }
        case .failure(let error):
            if board.update(name, .down, detail: "\(error)") {
                logger.warning("Dependency is down", metadata: ["dependency": "\(name)", "error": "\(error)"])
            }
        }
    }
}
