import Foundation

/// The programs of the build that these tests belong to.
package enum TestPrograms {
    /// Where a program is, by the name of its product: they lie beside the test program, whichever build that is of.
    package static func path(of name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestProgramError(description: "\(path) is not built")
        }
        return path
    }

    /// Kills a child when this process has ended, in whatever way; for programs that do not look after it themselves.
    package static func endWithTests(_ name: String, _ process: Int32) throws {
        // A child that has ended long before may have left its number to another process.
        let isStill = "test \"$(cat /proc/\(process)/comm)\" = '\(name.prefix(15))'"
        try TestShell.leaveBehind("cat >/dev/null; \(isStill) && kill -9 \(process)")
    }
}

/// A program that a test needs cannot be run.
package struct TestProgramError: Error, CustomStringConvertible {
    package let description: String
}
