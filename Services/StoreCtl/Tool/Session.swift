import Foundation
import ServiceRuntime

/// Where somebody is signed in, and with which key.
struct Session: Codable, Equatable, Sendable {
    let url: String
    let key: String

    /// What the environment says; nil unless it says both.
    init?(environment: [String: String]) {
        let url = environment["STORECTL_URL"] ?? environment["STORE_PLATFORM_URL"]
        let key = environment["STORECTL_KEY"] ?? environment["STORE_PLATFORM_API_KEY"]
        guard let url, let key, !url.isEmpty, !key.isEmpty else { return nil }
        self.init(url: url, key: key)
    }

    init(url: String, key: String) {
        self.url = url
        self.key = key
    }

    /// `http` or `https` and a host, nothing after the port; without the last slash. Throws a failure that says so.
    static func normalized(_ text: String) throws -> String {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URL(string: trimmed), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host(), !host.isEmpty, url.path.isEmpty, url.query == nil, url.user == nil
        else { throw ToolFailure(.usage, "'\(text)' is not the URL of a platform, such as https://shops.example.com") }
        return trimmed
    }
}

/// The file that remembers the session, readable by its owner only.
struct SessionFile: Sendable {
    let path: String

    /// `STORECTL_CONFIG`, else `storectl/session.json` in the user's folder of settings.
    init(environment: [String: String]) {
        let home = environment["HOME"] ?? "/"
        let settings = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
        path = environment["STORECTL_CONFIG"] ?? "\(settings)/storectl/session.json"
    }

    /// Nil when there is none. Throws for one that cannot be read.
    func read() throws -> Session? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try PlatformJSON.decode(from: [UInt8](Data(contentsOf: URL(filePath: path))))
        } catch {
            throw ToolFailure(.usage, "\(path) cannot be read; sign in again: storectl login URL")
        }
    }

    /// Replaces it in one step.
    func write(_ session: Session) throws {
        let file = URL(filePath: path)
        let folder = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let new = folder.appending(path: ".session-\(UUID().uuidString)")
        let isMade = FileManager.default.createFile(
            atPath: new.path,
            contents: Data(try PlatformJSON.encode(session)),
            attributes: [.posixPermissions: 0o600]
        )
        guard isMade, rename(new.path, path) == 0 else { throw ToolFailure(.failed, "\(path) cannot be written") }
    }

    /// Idempotent.
    func remove() throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }
}
