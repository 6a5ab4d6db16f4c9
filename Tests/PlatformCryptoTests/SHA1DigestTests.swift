import PlatformCrypto
import Testing

@Suite struct SHA1DigestTests {
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (String(repeating: "a", count: 200), "e61cfffe0d9195a525fc6cf06ca2d77119c24a40"),
    ])
    func `digests are SHA-1`(text: String, digest: String) {
        #expect(SHA1Digest(of: text).hex == digest)
    }
}
