import MessageBus

extension BusContext {
    /// Where to begin anew in a stream whose group is gone: after `place`, unless the stream is another one that ends before
    /// it, as on a server that began with nothing and an earlier clock; then with its beginning. On the loop's thread.
    func start(after place: StreamID?, in log: [UInt8], _ done: @escaping @Sendable (StreamID?) -> Void) {
        guard let place else { return done(nil) }
        command.submit(RedisCommand("XINFO", "STREAM", String(decoding: log, as: UTF8.self))) { answer in
            switch answer {
            case .success(var cursor):
                let last = cursor.value().fields["last-generated-id"]?.text.flatMap { StreamID($0) } ?? .zero
                done(last < place ? .zero : place)
            // There is no such stream; what will be in it is all unread.
            case .failure(let error) where error.code == .reply: done(.zero)
            case .failure: done(place)
            }
        }
    }
}
