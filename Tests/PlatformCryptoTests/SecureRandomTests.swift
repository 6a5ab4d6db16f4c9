import PlatformCrypto
import Testing

@Suite struct SecureRandomTests {
    @Test func `tokens are long, differ, and fit into URLs`() throws {
        let tokens = try (0..<200).map { _ in try SecureRandom.token() }

        #expect(Set(tokens).count == 200)
        for token in tokens {
            #expect(token.count == 43)
            #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        }
    }

    @Test func `gives as many bytes as asked for`() throws {
        #expect(try SecureRandom.bytes(0).isEmpty)
        #expect(try SecureRandom.bytes(33).count == 33)
    }

    @Test func `compares by value`() {
        #expect(ConstantTime.equal("secret", "secret"))
        #expect(!ConstantTime.equal("secret", "secreT"))
        #expect(!ConstantTime.equal("secret", "secret1"))
        #expect(ConstantTime.equal("", ""))
    }
}
