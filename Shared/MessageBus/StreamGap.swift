/// Messages of a stream that went before a follower had read them.
package struct StreamGap: Hashable, Sendable {
    /// How many; nil: some, or perhaps none, as when following began after a message that is gone.
    package let missed: Int?

    /// For implementations of the bus.
    package init(missed: Int?) { self.missed = missed }

    /// Two gaps without a message between them.
    package static func + (left: StreamGap, right: StreamGap) -> StreamGap {
        guard let one = left.missed, let other = right.missed else { return StreamGap(missed: nil) }
        return StreamGap(missed: one + other)
    }
}
