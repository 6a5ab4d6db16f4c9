import ServiceRuntime
import StoreContracts
import Testing

@Suite struct KeyScopesTests {
    @Test func `scopes travel in one order and each once`() throws {
        let scopes = KeyScopes([.reveal, .read, .reveal])

        #expect(try PlatformJSON.encodeString(scopes) == #"["read","reveal"]"#)
        #expect(try PlatformJSON.decode(from: Array(#"["reveal","read"]"#.utf8)) == scopes)
    }

    @Test func `a scope that is not known is refused`() {
        #expect(throws: DecodingError.self) {
            try PlatformJSON.decode(KeyScopes.self, from: Array(#"["read","all"]"#.utf8))
        }
    }

    @Test func `none is a part of all, and all of nothing less`() {
        #expect(KeyScopes([]).isSubset(of: KeyScopes([.read])))
        #expect(KeyScopes([.read]).isSubset(of: .all))
        #expect(!KeyScopes.all.isSubset(of: KeyScopes([.read, .write])))
    }
}
