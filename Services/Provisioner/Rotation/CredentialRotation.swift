import Foundation
import Helm
import KubernetesClient
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Gives a READY store other passwords, or leaves it with those it had.
///
/// Works from what the cluster shows, so it may be begun anew at any point, by any worker: what is done is found done. At
/// each moment the passwords that hold stand in one of the store's Secrets. Returns when the end was told as a fact;
/// throws only when cancelled, or when the store was lost to another worker.
struct CredentialRotation: Sendable {
    let api: any KubernetesAPI
    let secrets: StoreSecrets
    let release: StoreRelease
    let probe: any StorefrontProbing
    let prover: any OrderProving
    let door: any SigningIn
    let reporter: FactReporter
    var failpoints = Failpoints()
    var patience = Patience()

    /// How long things may take.
    struct Patience: Sendable {
        /// The release's set-up, a Job, a start of the shop.
        var work: Duration = .seconds(180)
        /// Until a sign-in succeeds.
        var signIn: Duration = .seconds(20)
        /// Until the shop sells.
        var shop: Duration = .seconds(90)
        /// Between two looks at what takes its time.
        var interval: Duration = .milliseconds(250)
    }

    var passwords: RotationSecrets { RotationSecrets(api: api, secrets: secrets) }
    var jobs: RotationJobs { RotationJobs(api: api, patience: patience.work, interval: patience.interval) }
    var restart: ShopRestart { ShopRestart(api: api, patience: patience.work, interval: patience.interval) }

    /// One worker's work on one rotation.
    struct Work: Sendable {
        let command: ProvisionCommand
        let rotation: ProvisionCommand.Rotation
        let hold: StoreHold
        let logger: Logger
        var id: OperationID { rotation.operationID }
    }

    /// Works until there is an end. Changes the cluster only while the hold is sure.
    func run(_ command: ProvisionCommand, hold: StoreHold, logger: Logger) async throws {
        guard let rotation = command.rotation else {
            return logger.error("Command to rotate without saying what")
        }
        let work = Work(command: command, rotation: rotation, hold: hold, logger: logger)
        try await reporter.rotationStarted(command, work.id)
        var refusals = 0
        while true {
            try Task.checkCancellation()
            do {
                return try await attempt(work)
            } catch let error as KubernetesError {
                logger.info("A rotation waits for the cluster", metadata: ["error": "\(error)"])
                refusals += error.isTransient ? 0 : 1
                if refusals == Self.refusals { try await giveUp(work, error) }
                // A backoff: nothing tells when the cluster takes it.
                try await Task.sleep(for: error.retryAfter ?? .seconds(1))
            } catch is StoreHold.Interrupted {
                logger.warning("Helm broken off: the hold on the store is not sure")
            }
        }
    }

    /// So often the cluster may refuse what a rotation asks for before that is given up. Going back is never given up.
    private static let refusals = 30

    private func giveUp(_ work: Work, _ error: KubernetesError) async throws {
        let failure = RotationFailure(.releaseNotReady, .prepareCredentials, "Kubernetes refused: \(error.message)")
        do {
            if let pending = try await passwords.pending(work.id, work.command), pending.failure == nil {
                try await passwords.note(failure, of: pending, work.command)
            }
        } catch let error as KubernetesError {
            work.logger.info("Not given up yet", metadata: ["error": "\(error)"])
        }
    }

    /// From the beginning, or from wherever an earlier attempt got to.
    private func attempt(_ work: Work) async throws {
        guard try await secrets.exist(work.command) else {
            let gone = RotationFailure(
                .releaseNotReady,
                .prepareCredentials,
                "The store's namespace or its Secret is gone."
            )
            return try await reporter.rotationFailed(work.command, work.id, gone, access: nil)
        }
        switch try await passwords.end(of: work.id, work.command) {
        case .committed?: return try await conclude(work)
        case .failed(let failure)?: return try await conclude(work, failure)
        case nil: break
        }
        var pending = try await passwords.pending(work.id, work.command)
        if let found = pending, let failure = found.failure { return try await undo(found, failure, work) }
        do {
            let prepared = try await step(.prepareCredentials, work) { try await prepare(work) }
            pending = prepared
            try await changeAdmin(prepared, work)
            if let database = prepared.database { try await changeDatabase(prepared, database, work) }
            try await step(.commitCredentials, work, tells: false) { try await commit(prepared, work) }
        } catch let failure as RotationFailure {
            work.logger.warning("Passwords not changed", metadata: ["code": "\(failure.code.rawValue)"])
            guard let pending else {
                try await passwords.abandon(work.id, failure, work.command)
                return try await conclude(work, failure)
            }
            try await work.hold.confirm()
            try await passwords.note(failure, of: pending, work.command)
            return try await undo(pending, failure, work)
        }
        try await conclude(work)
    }

    /// Runs a step between its failpoints and tells that it is done.
    private func step<Result>(
        _ step: RotationStep,
        _ work: Work,
        tells: Bool = true,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let began = Date()
        let result = try await failpoints.around("provisioner.rotate.\(step.rawValue)") {
            try await work.hold.confirm()
            return try await body()
        }
        try Task.checkCancellation()
        if tells {
            try await reporter.completed(step, work.command, work.id, duration: Date().timeIntervalSince(began))
        }
        return result
    }

    private func changeAdmin(_ pending: PendingRotation, _ work: Work) async throws {
        try await step(.changeAdminPassword, work) {
            try await act(.changeAdminPassword, pending, work, .adminPasswordNotChanged, .changeAdminPassword)
        }
        try await step(.verifyAdminPassword, work) {
            let answer = try await signIn(pending.adminPassword, work)
            if answer == .signedIn { return }
            throw RotationFailure(
                .signInFailed,
                .verifyAdminPassword,
                "The new password does not sign in: \(answer.sentence)"
            )
        }
    }

    private func changeDatabase(
        _ pending: PendingRotation,
        _ database: PendingRotation.Database,
        _ work: Work
    ) async throws {
        try await step(.changeDatabasePassword, work) {
            try await act(.createDatabaseUser, pending, work, .databaseUserNotChanged, .changeDatabasePassword)
        }
        try await step(.restartShop, work) {
            try await passwords.use(database.user, database.password, work.command)
            do {
                try await restart.run(mark: work.id.description, work.command, work.hold)
            } catch is ShopRestart.Late {
                throw RotationFailure(
                    .shopUnreachable,
                    .restartShop,
                    "The shop did not become ready with the new user."
                )
            }
        }
        try await step(.verifyShop, work) {
            try await act(.lockFormerDatabaseUser, pending, work, .databaseUserNotChanged, .verifyShop)
            if let trouble = try await trouble(work) {
                throw RotationFailure(
                    .shopUnreachable,
                    .verifyShop,
                    "The shop does not sell with the new user: \(trouble)"
                )
            }
        }
    }

    /// From here on there is no way back.
    private func commit(_ pending: PendingRotation, _ work: Work) async throws {
        try await passwords.commit(pending, work.command)
    }

    /// Sees a Job's act done; its failure is the rotation's.
    private func act(
        _ act: RotationJobs.Act,
        _ pending: PendingRotation,
        _ work: Work,
        _ code: RotationFailure.Code,
        _ step: RotationStep
    ) async throws {
        do {
            try await jobs.run(act, of: pending, work.command, work.hold)
        } catch let failed as RotationJobs.Failed {
            throw RotationFailure(code, step, failed.message)
        }
    }
}

extension RotationFailure {
    init(_ code: Code, _ step: RotationStep, _ message: String) {
        self.init(code: code, step: step, message: message, hint: code.hint)
    }
}

extension RotationFailure.Code {
    /// What a person can do.
    fileprivate var hint: String {
        switch self {
        case .releaseNotReady: "See what the store's pods say, or try the store again; then rotate once more."
        case .adminPasswordNotChanged: "See whether WordPress still has the user admin, as an administrator."
        case .signInFailed:
            "See whether a plugin moved or guards the sign-in page /wp-login.php; the platform signs in there to be sure."
        case .databaseUserNotChanged:
            "The database must let root in from inside the namespace; one made by a chart before 0.3.0 does not."
        case .shopUnreachable: "See whether the shop sells now; if it does, rotate once more."
        }
    }
}
