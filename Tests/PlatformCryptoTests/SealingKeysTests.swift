import PlatformCrypto
import Testing

@Suite struct SealingKeysTests {
    private static let old = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private static let new = "k2:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="

    @Test func `what was sealed opens with the same associated data`() throws {
        let keys = try SealingKeys(parsing: Self.old)

        let box = try keys.seal("pässword", associatedData: "store/1")

        #expect(box.hasPrefix("v1.k1."))
        #expect(!box.contains("pässword"))
        #expect(try keys.openText(box, associatedData: "store/1") == "pässword")
    }

    @Test func `the same secret never gives the same box`() throws {
        let keys = try SealingKeys(parsing: Self.old)

        #expect(try keys.seal("x", associatedData: "") != keys.seal("x", associatedData: ""))
    }

    @Test func `an empty secret is a secret too`() throws {
        let keys = try SealingKeys(parsing: Self.old)

        #expect(try keys.openText(keys.seal("", associatedData: "a"), associatedData: "a").isEmpty)
    }

    @Test func `a box moved to another store does not open`() throws {
        let keys = try SealingKeys(parsing: Self.old)
        let box = try keys.seal("x", associatedData: "store/1")

        let error = #expect(throws: CryptoError.self) { try keys.open(box, associatedData: "store/2") }

        #expect(error?.code == .authenticationFailed)
    }

    @Test func `no altered character goes unnoticed`() throws {
        let keys = try SealingKeys(parsing: Self.old)
        let box = Array(try keys.seal("secret", associatedData: "a"))

        for position in box.indices.dropFirst(6) {
            var altered = box
            altered[position] = altered[position] == "A" ? "B" : "A"
            #expect(throws: CryptoError.self) { try keys.open(String(altered), associatedData: "a") }
        }
    }

    @Test func `after a rotation the new key seals and the old one still opens`() throws {
        let before = try SealingKeys(parsing: Self.old).seal("x", associatedData: "a")
        let rotated = try SealingKeys(parsing: "\(Self.new),\(Self.old)")

        #expect(rotated.currentID == "k2")
        #expect(try rotated.seal("x", associatedData: "a").hasPrefix("v1.k2."))
        #expect(try rotated.openText(before, associatedData: "a") == "x")
    }

    @Test func `a box of a key that was removed says so`() throws {
        let box = try SealingKeys(parsing: Self.old).seal("x", associatedData: "a")

        let error = #expect(throws: CryptoError.self) {
            try SealingKeys(parsing: Self.new).open(box, associatedData: "a")
        }

        #expect(error?.code == .unknownKey)
        #expect(error?.message.contains("k1") == true)
    }

    @Test(arguments: ["", "x", "v1.k1", "v2.k1.AAAA", "v1.k1.AAAA", "v1.k1.***", "v1..", "v1.k1.AAAA.AAAA"])
    func `what is no box is refused as such`(text: String) throws {
        let keys = try SealingKeys(parsing: Self.old)

        let error = #expect(throws: CryptoError.self) { try keys.open(text, associatedData: "") }

        #expect(error?.code == .malformedBox)
    }

    @Test(arguments: [
        "", "k1", "k1:", ":AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "k1:c2hvcnQ=", "k.1:\(old.dropFirst(3))",
        "\(old),", "\(old),\(old)", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=A",
    ])
    func `malformed keys are refused without being repeated`(text: String) {
        let error = #expect(throws: CryptoError.self) { try SealingKeys(parsing: text) }

        #expect(error?.code == .malformedKeys)
        #expect(error?.description.contains("AAECAwQ") == false)
    }
}
