import MessageBus

/// Hands the answers in this process's inbox to the requests that wait for them.
final class InboxSink: CursorSink {
    let isFull = false
    private let requests: RequestTable
    private let statistics: BusStatistics

    init(_ requests: RequestTable, _ statistics: BusStatistics) {
        self.requests = requests
        self.statistics = statistics
    }

    func take(_ entry: StreamEntry) {
        guard case .message(let stored) = entry, let token = Self.token(of: stored.message.subject) else {
            return statistics.add(.foreignEntries)
        }
        if !requests.end(token, with: .success(stored.message)) { statistics.add(.lateAnswers) }
    }

    func missed(_ count: Int?) {}

    /// The last token of `_INBOX.<instance>.<number>`.
    private static func token(of subject: Subject) -> UInt64? {
        let text = subject.description
        guard let dot = text.lastIndex(of: ".") else { return nil }
        return UInt64(text[text.index(after: dot)...])
    }
}
