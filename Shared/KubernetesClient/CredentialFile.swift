import Foundation

/// Reads files that hold credentials, and tells when one changed. Blocking.
enum CredentialFile {
    /// What distinguishes one version of a file from the next.
    struct Stamp: Sendable, Equatable {
        let modified: Date
        let size: Int
        let inode: Int
    }

    static func read(_ path: String) throws(KubernetesError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw KubernetesError(code: .configuration, message: "cannot read \(path)", cause: error)
        }
    }

    /// The version of the file (of what it points to, for links); nil while it does not exist.
    static func stamp(_ path: String) -> Stamp? {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return nil }
        return Stamp(
            modified: attributes[.modificationDate] as? Date ?? .distantPast,
            size: (attributes[.size] as? NSNumber)?.intValue ?? 0,
            inode: (attributes[.systemFileNumber] as? NSNumber)?.intValue ?? 0
        )
    }
}
