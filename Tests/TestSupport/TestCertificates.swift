import Foundation

/// Certificates for one test, made by the openssl command in a folder of its own: an authority, a server's certificate
/// for `localhost` and 127.0.0.1, one for another host, one that has expired, and a client's; and another authority.
package final class TestCertificates: Sendable {
    private let directory: String

    /// Makes all of them; takes tens of milliseconds.
    package init() async throws {
        let directory = "/tmp/store-platform-tls-\(UUID().uuidString.prefix(8).lowercased())"
        self.directory = directory
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread { continuation.resume(with: Result { try Self.make(in: directory) }) }.start()
        }
    }

    deinit {
        // What cannot be removed lies under /tmp and hurts nobody.
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func make(in directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let key = "openssl ecparam -name prime256v1 -genkey -noout -out"
        var commands = ["cd \(directory)"]
        for name in ["ca", "other-ca"] {
            commands.append("\(key) \(name).key")
            commands.append("openssl req -x509 -new -key \(name).key -subj /CN=\(name) -days 2 -out \(name).pem")
        }
        let names = [
            ("server", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days 2"),
            ("elsewhere", "subjectAltName=DNS:redis.elsewhere.example", "-days 2"),
            ("expired", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days -1"),
            ("client", "extendedKeyUsage=clientAuth", "-days 2"),
        ]
        for (name, extension_, days) in names {
            commands.append("\(key) \(name).key")
            commands.append("openssl req -new -key \(name).key -subj /CN=\(name) -out \(name).csr")
            commands.append("echo \(extension_) > \(name).ext")
            commands.append(
                "openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial \(days) "
                    + "-extfile \(name).ext -out \(name).pem"
            )
        }
        try TestShell.run(commands.joined(separator: " && "))
    }

    /// A certificate by its name: `ca`, `other-ca`, `server`, `elsewhere`, `expired`, `client`.
    package func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }

    /// The key of the certificate with this name.
    package func key(_ name: String) -> String { "\(directory)/\(name).key" }

    /// redis-server's options to serve TLS with a certificate on a port; `clients` is `no`, `optional` or `yes`.
    package func options(port: UInt16, certificate: String = "server", clients: String = "no") -> [String] {
        [
            "--tls-port", "\(port)", "--bind", "127.0.0.1", "--tls-cert-file", self.certificate(certificate),
            "--tls-key-file", key(certificate), "--tls-ca-cert-file", self.certificate("ca"),
            "--tls-auth-clients", clients,
        ]
    }
}
