import MessageBus
import Testing

@Suite struct ReplyCollectionTests {
    private func answer(_ body: [UInt8] = [1], status: Int? = nil) throws -> BusMessage {
        var message = BusMessage(subject: try Subject("_INBOX.a.1"), body: body)
        if let status { message.headers.status = .init(code: status, text: "") }
        return message
    }

    @Test func `answers are taken until the greatest number of them`() throws {
        var collection = ReplyCollection(RequestManyLimits(timeout: .seconds(1), maximumReplies: 2))

        #expect(collection.judge(try answer()) == .take)
        #expect(collection.judge(try answer([])) == .takeLast)
    }

    @Test func `an empty body is the end only where that was agreed`() throws {
        var agreed = ReplyCollection(RequestManyLimits(timeout: .seconds(1), endsAtEmptyBody: true))
        var plain = ReplyCollection(RequestManyLimits(timeout: .seconds(1)))

        #expect(agreed.judge(try answer()) == .take)
        #expect(agreed.judge(try answer([])) == .end)
        #expect(plain.judge(try answer([])) == .take)
    }

    @Test func `no responders is an end only while nobody has answered`() throws {
        var collection = ReplyCollection(RequestManyLimits(timeout: .seconds(1)))
        #expect(collection.judge(try answer([], status: 503)) == .noResponders)

        #expect(collection.judge(try answer()) == .take)
        #expect(collection.judge(try answer([], status: 503)) == .ignore)
    }
}
