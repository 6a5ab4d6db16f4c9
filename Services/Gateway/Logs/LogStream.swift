import HTTPServer
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A log as server-sent events: `line` for each line, `gap` where lines were lost, `end` when nothing more comes.
///
/// Asks for a few chunks at a time, and again only when the client has taken them: so a client that reads slowly slows
/// its own log down, and nothing is kept for it but these few. The next question begins after the last line that was
/// written, whoever answers it; so a provisioner that is killed costs a moment and no line. Lines that were rotated
/// away before they were asked for are told as a gap.
struct LogStream: Sendable {
    /// How it asks.
    struct Pace: Sendable {
        /// Chunks that may be under way to a client; each holds at most 64 KiB of lines.
        var chunks = 4
        /// How long a provisioner goes on for one question, and so for a gateway that is gone.
        var term: Duration = .seconds(10)
        /// How long it may be silent before it is taken for dead; it says every 2 seconds that it is there.
        var silence: Duration = .seconds(6)
        /// How long nobody may answer before the stream is ended.
        var patience: Duration = .seconds(60)
        /// How long a client may take nothing before it is cut.
        var stall: Duration = .seconds(60)
        /// Shorter than what proxies take for dead.
        var heartbeat: Duration = .seconds(15)
        /// A stream is ended after this and comes back, as with every live stream.
        var lifetime: Duration = .seconds(1800)
        var backoff = Backoff(initial: .milliseconds(500), maximum: .seconds(5))
    }

    /// The client took nothing for too long.
    struct Stalled: Error {}

    let upstream: Upstream
    let region: Region
    let workload: WorkloadRequest
    let requestID: String
    let pace: Pace

    /// Writes the lines that are there, then those that come, until the log is over or the client is gone. `resumed`: the
    /// last line that the client has from an earlier stream.
    func run(_ log: PodLog, from resumed: LogPosition?, _ writer: HTTPBodyWriter) async throws {
        var client = LogClient(writer: writer, life: resumed?.life ?? log.life, position: resumed, pace: pace)
        try await client.begin(log)
        let end = ContinuousClock.now + pace.lifetime
        var answered = ContinuousClock.now
        var failures = 0
        while ContinuousClock.now < end {
            switch try await ask(log, &client) {
            case .over(let reason): return try await client.end(reason.rawValue)
            case .again:
                answered = .now
                failures = 0
            case .silence:
                guard ContinuousClock.now - answered < pace.patience else { return try await client.end("unavailable") }
                failures += 1
                try await client.keepAlive()
                // A provisioner that was killed is replaced in a moment; until then each question costs a little.
                try await Task.sleep(for: pace.backoff.delay(attempt: failures, random: .random(in: 0..<1)))
            }
        }
    }

    private enum Outcome {
        case again
        case over(LogChunk.Reason)
        /// No answer, or one that broke off.
        case silence
    }

    private func ask(_ log: PodLog, _ client: inout LogClient) async throws -> Outcome {
        let question = FollowPodLog(
            workload: workload,
            pod: log.pod,
            container: log.container,
            life: client.life,
            position: client.position,
            chunks: pace.chunks,
            seconds: Int(pace.term.components.seconds)
        )
        do {
            let answers = try await upstream.callMany(
                Subjects.Workload.follow(region),
                question,
                requestID: requestID,
                returning: LogChunk.self,
                RequestManyLimits(timeout: pace.term + pace.silence, stall: pace.silence)
            )
            for try await chunk in answers {
                try await client.write(chunk)
                switch chunk.next {
                case .open: continue
                case .again: return .again
                case .over: return .over(chunk.reason ?? .ended)
                }
            }
            return .silence
        } catch let fault as ServiceFault where fault.code == .notFound {
            return .over(.gone)
        } catch is ServiceFault {
            return .silence
        } catch is BusError {
            return .silence
        }
    }
}
