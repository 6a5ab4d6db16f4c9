import Foundation
import Testing

@testable import Provisioner

/// No password is told, however a program wrote it.
@Suite struct SecretRedactionTests {
    private static let password = "N0t/for-any-eyes+1234"
    private let redaction = SecretRedaction(values: [password, "Zu9bTqLw4RkXyPaa7VcD", "short"])

    @Test(arguments: [
        password, "a \(password) b", "\(password)\(password)", #"{"p":"N0t\/for-any-eyes+1234"}"#,
        "p=N0t%2Ffor-any-eyes%2B1234&x=1", "p=N0t%2Ffor%2Dany%2Deyes%2B1234",
    ])
    func `as it is, in a URL, in JSON`(_ text: String) {
        let shown = redaction(text)
        #expect(shown.contains("•••"))
        #expect(!shown.contains("eyes"))
    }

    @Test func `in Base64, wherever it stands in what was encoded`() {
        for before in 0..<9 {
            for after in 0..<4 {
                let whole = String(repeating: "u", count: before) + Self.password + String(repeating: "v", count: after)
                let encoded = Data(whole.utf8).base64EncodedString()
                for text in [encoded, encoded.replacing("+", with: "-").replacing("/", with: "_")] {
                    let shown = redaction("Authorization: Basic \(text)")
                    #expect(shown.contains("•••"), "\(before) before, \(after) after")
                    // What is left does not decode to more than a few of its characters.
                    #expect(shown.count < "Authorization: Basic ".count + 3 + 20, "\(shown)")
                }
            }
        }
    }

    @Test func `split over lines or pieces, each part is hidden but for a few characters`() {
        for cut in 0...Self.password.count {
            let parts = [Self.password.prefix(cut), Self.password.dropFirst(cut)]
            let shown = [redaction("begin \(parts[0])"), redaction("\(parts[1]) end")]
            let left =
                shown[0].dropFirst("begin ".count).filter { $0 != "•" }.count
                + shown[1].dropLast(" end".count).filter { $0 != "•" }.count
            #expect(left < 6, "cut at \(cut): \(shown)")
        }
    }

    @Test func `a line that is a piece from the middle is hidden, too`() {
        #expect(redaction("bTqLw4RkXy") == "•••")
        #expect(redaction("bTqLw") == "bTqLw", "five characters are nobody's password")
    }

    @Test func `ordinary text stays as it is`() {
        let lines = [
            "", "ok", "short", "127.0.0.1 - - [01/Jan/2026] \"GET /wp-admin/install.php HTTP/1.1\" 200", "••• ä 🙂",
            String(repeating: "N0t/for ", count: 100),
        ]
        for line in lines { #expect(redaction(line) == line) }
    }

    @Test func `the lines of a key are hidden one by one, its frame as well`() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7\n-----END KEY-----\n"
        let redaction = SecretRedaction(values: [key])
        #expect(!redaction("x MIIEvQIBADANBgkqhkiG9w0BAQEF y").contains("MIIE"))
        #expect(redaction("AASCBKcwggSjAgEAAoIBAQC7") == "•••")
    }
}
