import MessageBus

/// The input is a filter and a subject, a line each; one line stands for both.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSubject(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    let filter = check(filter: lines[0])
    let subject = check(subject: lines[lines.count - 1])
    if let filter, let subject {
        let expected = SubjectGrammar.matches(
            SubjectGrammar.tokens(lines[0])[...],
            SubjectGrammar.tokens(lines[lines.count - 1])[...]
        )
        demand(filter.matches(subject) == expected, "\(filter) matches \(subject): \(!expected)")
    }
    if let subject {
        demand(SubjectFilter(subject).matches(subject), "a subject passes the filter made of it")
    }
    return 0
}

private func check(subject bytes: ArraySlice<UInt8>) -> Subject? {
    let text = String(decoding: bytes, as: UTF8.self)
    let expected = SubjectGrammar.isSubject(bytes)
    do {
        let subject = try Subject(text)
        demand(expected, "a malformed subject was taken: \(text)")
        demand(Array(subject.description.utf8) == Array(bytes), "a subject is kept as it is")
        demand(subject.tokens.map { Array($0.utf8) } == SubjectGrammar.tokens(bytes), "tokens are what dots divide")
        demand(subject.firstToken == subject.tokens[0], "the first token is the first of the tokens")
        do {
            demand(try Subject(subject.description) == subject, "a subject reads as it was written")
        } catch {
            demand(false, "a subject can be read again: \(error)")
        }
        return subject
    } catch {
        demand(!expected, "a subject was refused: \(text)")
        demand((error as? BusError)?.code == .invalidSubject, "a malformed subject is told with its code: \(error)")
        return nil
    }
}

private func check(filter bytes: ArraySlice<UInt8>) -> SubjectFilter? {
    let text = String(decoding: bytes, as: UTF8.self)
    let expected = SubjectGrammar.isFilter(bytes)
    do {
        let filter = try SubjectFilter(text)
        demand(expected, "a malformed filter was taken: \(text)")
        demand(Array(filter.description.utf8) == Array(bytes), "a filter is kept as it is")
        let first = SubjectGrammar.tokens(bytes)[0]
        let isOpen = first == Array("*".utf8) || first == Array(">".utf8)
        demand(filter.firstToken.map { Array($0.utf8) } == (isOpen ? nil : first), "the first token names the log")
        return filter
    } catch {
        demand(!expected, "a filter was refused: \(text)")
        demand((error as? BusError)?.code == .invalidSubject, "a malformed filter is told with its code: \(error)")
        return nil
    }
}
