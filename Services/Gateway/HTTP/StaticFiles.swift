import Foundation
import HTTPServer
import PlatformCrypto
import ServiceRuntime

/// The dashboard's files, read into memory at the start and found by their whole path: a request never reaches the
/// file system.
struct StaticFiles: Sendable {
    struct File: Sendable {
        let bytes: [UInt8]
        let contentType: String
        let etag: String
        /// The same compressed, where that makes it smaller.
        let compressed: [UInt8]?
    }

    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        var description: String { "the dashboard's files cannot be read from \(path)" }
    }

    private let files: [[String]: File]

    /// A folder's page is found by the folder's path, too: `/docs` is `/docs/index.html`.
    init(files: [[String]: File]) {
        let pages = files.filter { $0.key.last == "index.html" }.map { (Array($0.key.dropLast()), $0.value) }
        self.files = files.merging(pages) { file, _ in file }
    }

    /// Reads a folder with everything below it, hidden files and links left out. No folder, no files.
    static func load(_ directory: String?) async throws -> StaticFiles {
        guard let directory else { return StaticFiles(files: [:]) }
        return try await BlockingExecutor(name: "dashboard", threads: 1).run {
            let root = URL(filePath: directory, directoryHint: .isDirectory).standardizedFileURL
            let keys: [URLResourceKey] = [.isRegularFileKey]
            guard
                let contents = FileManager.default.enumerator(
                    at: root,
                    includingPropertiesForKeys: keys,
                    options: [.skipsHiddenFiles]
                )
            else { throw Unreadable(path: directory) }
            var files = [[String]: File]()
            for case let url as URL in contents {
                guard try url.resourceValues(forKeys: Set(keys)).isRegularFile == true else { continue }
                let path = Array(url.standardizedFileURL.pathComponents.dropFirst(root.pathComponents.count))
                files[path] = file(named: url.lastPathComponent, [UInt8](try Data(contentsOf: url)))
            }
            guard files[["index.html"]] != nil else { throw Unreadable(path: directory) }
            return StaticFiles(files: files)
        }
    }

    static func file(named name: String, _ bytes: [UInt8]) -> File {
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        let type = contentTypes[ending] ?? "application/octet-stream"
        let isCompressed = bytes.count > ResponseCompression.smallest && ResponseCompression.isWorthwhile(type)
        return File(
            bytes: bytes,
            contentType: type,
            etag: EntityTag.make(of: bytes),
            compressed: isCompressed ? Gzip.compress(bytes, .best) : nil
        )
    }

    func contains(_ target: HTTPTarget) -> Bool { !target.hasTrailingSlash && files[target.segments] != nil }

    /// The file of a path, 405 for a method that does not read, nil where there is none.
    func answer(_ request: HTTPRequest) -> HTTPResponse? {
        guard !request.target.hasTrailingSlash, let file = files[request.target.segments] else { return nil }
        guard request.method == .get || request.method == .head else {
            return HTTPRouter<Endpoint>.answer(request, allowed: [.get, .head, .options])
        }
        // Always asked again, seldom sent again: a new version of the platform shows at once.
        let compressed = AcceptEncoding.takesGzip(request.headers) ? file.compressed : nil
        var headers: HTTPHeaders = [
            "ETag": compressed == nil ? file.etag : EntityTag.compressed(file.etag), "Cache-Control": "no-cache",
            "Content-Security-Policy": SecurityHeaders.pagePolicy, "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        ]
        if file.compressed != nil { headers.vary(by: "Accept-Encoding") }
        guard !EntityTag.matches(request.headers.values(of: "If-None-Match"), file.etag) else {
            return HTTPResponse(.notModified, headers: headers)
        }
        headers.set("Content-Type", file.contentType)
        if compressed != nil { headers.set("Content-Encoding", "gzip") }
        return HTTPResponse(.ok, headers: headers, body: .bytes(compressed ?? file.bytes))
    }

    private static let contentTypes = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
        "json": "application/json", "webmanifest": "application/manifest+json", "png": "image/png",
        "ico": "image/x-icon", "woff2": "font/woff2", "txt": "text/plain; charset=utf-8", "map": "application/json",
    ]
}
