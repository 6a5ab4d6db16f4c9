import PlatformCrypto
import Testing

@Suite struct Base64URLTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy"),
    ])
    func `follows the vectors of RFC 4648 without padding`(text: String, encoded: String) {
        #expect(Base64URL.encode(text.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test func `uses the alphabet of URLs`() {
        #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
        #expect(Base64URL.decode("-_-_") == [0xFB, 0xFF, 0xBF])
        #expect(Base64URL.decodeStandard("+/+/") == [0xFB, 0xFF, 0xBF])
    }

    @Test(arguments: ["Z", "Zh", "Zm9=", "Zm+v", "Zm 9v", "Zm9vY"])
    func `refuses what it would not have written`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `the usual alphabet may be padded, but only as it should`() {
        #expect(Base64URL.decodeStandard("Zg==") == Array("f".utf8))
        #expect(Base64URL.decodeStandard("Zg") == Array("f".utf8))
        #expect(Base64URL.decodeStandard("Zg=") == nil)
        #expect(Base64URL.decodeStandard("Zm9v====") == nil)
    }

    @Test func `every length survives the round trip`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8($0 &* 37 & 255) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }
}
