/// Ends the process where a property does not hold: libFuzzer keeps the input and prints its place.
func demand(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { fatalError(property()) }
}

/// The input as libFuzzer hands it over: its memory is gone when the target returns.
func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
}

/// What a subject is, written a second time from PROTOCOL.md and as plainly as possible, to hold the parser to it.
enum SubjectGrammar {
    static func isSubject(_ bytes: some Collection<UInt8>) -> Bool {
        isWithinLimits(bytes) && tokens(bytes).allSatisfy(isToken)
    }

    static func isFilter(_ bytes: some Collection<UInt8>) -> Bool {
        guard isWithinLimits(bytes) else { return false }
        let tokens = tokens(bytes)
        return tokens.enumerated().allSatisfy { index, token in
            token == Array("*".utf8) || (token == Array(">".utf8) && index == tokens.count - 1) || isToken(token)
        }
    }

    /// NATS' rule, token by token from the front.
    static func matches(_ filter: ArraySlice<[UInt8]>, _ subject: ArraySlice<[UInt8]>) -> Bool {
        guard let wanted = filter.first else { return subject.isEmpty }
        guard let token = subject.first else { return false }
        if wanted == Array(">".utf8) { return true }
        guard wanted == Array("*".utf8) || wanted == token else { return false }
        return matches(filter.dropFirst(), subject.dropFirst())
    }

    static func tokens(_ bytes: some Collection<UInt8>) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func isWithinLimits(_ bytes: some Collection<UInt8>) -> Bool { bytes.count <= 256 }

    private static func isToken(_ token: [UInt8]) -> Bool {
        let forbidden = Array("*>{}: ".utf8)
        return !token.isEmpty && token.allSatisfy { $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }
    }
}
