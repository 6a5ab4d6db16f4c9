import Logging

extension BusContext {
    /// Removes from a group whoever neither lives nor holds anything, but for the one that asks. Nothing is lost where
    /// it fails: the next round does it.
    func sweep(_ log: [UInt8], group: String, name: String) {
        guard command.isOnline else { return }
        command.submit(.sweepConsumers, keys: [log, keys.live], argumentCount: 2) { command in
            command.add(group)
            command.add(name)
        } _: { answer in
            guard case .success(var cursor) = answer, let gone = cursor.integer(), gone > 0 else { return }
            self.logger.info("Left consumers removed", metadata: ["bus.group": "\(group)", "bus.count": "\(gone)"])
        }
    }
}
