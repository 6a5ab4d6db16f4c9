import StoreDomain
import Testing

@Suite struct EmailAddressTests {
    @Test(arguments: ["a@b", "ada.lovelace+shop@mail.example.com", "O'Neil@example.com", "admin@127.0.0.1.nip.io"])
    func `takes what mail servers take`(_ text: String) {
        #expect(EmailAddress(text)?.description == text)
    }

    @Test(
        arguments: [
            "", "ada", "@example.com", "ada@", "a@b@c", "a b@example.com", "ada@exa mple.com", "ada@example..com",
            ".ada@example.com", "ada.@example.com", "ada@example.com\n", "ada\u{0}@example.com", "ådå@example.com",
            "<ada@example.com>", "ada@[127.0.0.1]", String(repeating: "a", count: 65) + "@example.com",
            "ada@" + Array(repeating: "example", count: 40).joined(separator: "."),
        ]
    )
    func `refuses what is none`(_ text: String) {
        #expect(EmailAddress(text) == nil)
    }
}
