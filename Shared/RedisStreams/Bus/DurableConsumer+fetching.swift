import MessageBus
import Synchronization

/// Reading where all members together may hold so many messages only: a script counts and takes in one step, and a plain
/// blocked read of the log is the bell for it. On the loop's thread.
extension DurableConsumer {
    func fetch(_ count: Int, limit: Int, on connection: RedisConnection) {
        let arguments = [configuration.durable, name, String(count), String(limit)]
        blockedRead.isUnderWay = true
        connection.submit(.fetch, keys: [log, due], argumentCount: arguments.count) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            self.blockedRead.isUnderWay = false
            switch answer {
            case .success(var cursor):
                guard cursor.array() == 3 else { break }
                let isFull = cursor.integer() == 1
                let last = cursor.text() ?? ""
                if isFull { break }
                if !last.isEmpty, !self.isStopping { return self.wait(after: last, on: connection) }
                self.take(&cursor)
                self.read()
            case .failure(let error): self.recover(from: error)
            }
            self.finishIfStopping()
        }
    }

    /// Waits for a message after this one, whoever gets it then.
    private func wait(after last: String, on connection: RedisConnection) {
        var command = RedisCommand(count: 8, capacity: 160)
        command.add("XREAD")
        command.add("COUNT")
        command.add(1)
        command.add("BLOCK")
        command.add(context.configuration.blockTime.milliseconds)
        command.add("STREAMS")
        command.add(log)
        command.add(last)
        blockedRead.isUnderWay = true
        connection.submit(command, patience: context.readPatience) { answer in
            self.blockedRead.isUnderWay = false
            switch answer {
            case .success: self.read()
            case .failure(let error): self.recover(from: error)
            }
            self.finishIfStopping()
        }
    }
}
