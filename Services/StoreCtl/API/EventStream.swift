import AsyncHTTPClient
import NIOCore

/// The events of an open stream, as they come. For one reader.
struct EventStream: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var chunks: HTTPClientResponse.Body.AsyncIterator
        private var parser = EventStreamParser()
        private var ready: ArraySlice<StreamedEvent> = []

        fileprivate init(_ chunks: HTTPClientResponse.Body.AsyncIterator) { self.chunks = chunks }

        mutating func next() async throws -> StreamedEvent? {
            while true {
                if let event = ready.popFirst() { return event }
                guard let chunk = try await chunks.next() else { return nil }
                ready = parser.feed(chunk.readableBytesView)[...]
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body.makeAsyncIterator()) }
}
