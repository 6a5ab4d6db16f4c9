import Glibc
import Synchronization

/// The system's randomness, fetched 256 bytes at a time: every request gets an identity, and system calls for each would
/// show. Each number is given out once.
struct PooledRandom: RandomNumberGenerator {
    private static let pool = Mutex<[UInt64]>([])

    mutating func next() -> UInt64 {
        Self.pool.withLock { pool in
            if let number = pool.popLast() { return number }
            var numbers = [UInt64](repeating: 0, count: 32)
            numbers.withUnsafeMutableBytes { if let start = $0.baseAddress { arc4random_buf(start, $0.count) } }
            let first = numbers.removeLast()
            pool = numbers
            return first
        }
    }
}
