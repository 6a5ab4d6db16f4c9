/// How to go on with a server that answers and refuses (no memory, no disk): ask more and more seldom, up to once a second,
/// and say so in the log at the first, second, fourth, eighth… refusal in a row. Pure.
struct RefusalPace: Sendable {
    private static let longest = Duration.seconds(1)
    private var refusals = 0

    /// One more refusal: how long to wait now, and whether to log it.
    mutating func refused() -> (pause: Duration, mustTell: Bool) {
        refusals += 1
        let doublings = min(refusals - 1, 5)
        return (min(.milliseconds(50) * (1 << doublings), Self.longest), refusals & (refusals - 1) == 0)
    }

    /// It was served again.
    mutating func served() { refusals = 0 }
}
