import Foundation
import ServiceRuntime
import Subprocess
import SystemPackage
import TestPlatform
import Testing

extension EndToEnd {
    /// The platform from a shell: `storectl`, as `deploy/up` puts it beside the services.
    @Suite(.serialized) struct CommandLineTests {
        private struct Ending {
            let status: Int
            let output: String
            let errors: String

            func json() throws -> JSONValue { try PlatformJSON.decode(from: Array(output.utf8)) }
        }

        /// The environment of `deploy/test` names the platform and the admin's key.
        private func storectl(
            _ arguments: String...,
            input: String = "",
            environment: Environment = .inherit
        ) async throws -> Ending {
            let result = try await Subprocess.run(
                .path(FilePath("\(Machine.root)/.run/bin/storectl")),
                arguments: Arguments(arguments),
                environment: environment,
                input: .string(input),
                output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20)
            )
            var status = -1
            if case .exited(let code) = result.terminationStatus { status = Int(code) }
            #expect(status >= 0, "storectl was killed: \(result.standardError)")
            return Ending(status: status, output: result.standardOutput, errors: result.standardError)
        }

        @Test func `a store is created, watched, looked at and deleted from a shell`() async throws {
            let name = Platform.name("shell")

            let created = try await storectl("create", name, "--wait", "--json")
            try #require(created.status == 0, "\(created.errors)")
            #expect(try created.json()["status"] == "READY")
            #expect(created.errors.contains("VerifyOrderPath"), "\(created.errors)")

            let listed = try await storectl("list", "--search", name)
            #expect(listed.output.contains("READY"), "\(listed.output)")
            let shown = try await storectl("get", name)
            #expect(shown.output.contains("OrderPathVerified"), "\(shown.output)")
            let events = try await storectl("events", name)
            #expect(events.output.contains("provisioned"), "\(events.output)")
            let pods = try await storectl("pods", name)
            #expect(pods.output.contains("wordpress"), "\(pods.output)\(pods.errors)")
            let logs = try await storectl("logs", name, "--tail", "5")
            #expect(logs.status == 0 && !logs.output.isEmpty, "\(logs.output)\(logs.errors)")

            let doubted = try await storectl("delete", name, input: "other\n")
            #expect(doubted.status == 2)
            let deleted = try await storectl("delete", name, "--wait", input: "\(name)\n")
            #expect(deleted.status == 0, "\(deleted.errors)")
            let gone = try await storectl("get", name)
            #expect(gone.status == 4, "\(gone.errors)")
        }

        @Test func `a shell is told by a number what went wrong`() async throws {
            #expect(try await storectl("create", "Not_A_Name").status == 1)
            #expect(try await storectl("create").status == 2)
            #expect(try await storectl("get", "nobody-\(UInt32.random(in: 0...(.max)))").status == 4)
            #expect(try await storectl("list", "--url", "http://127.0.0.1:9").status == 5)
            let nobody = Environment.inherit.updating([
                "STORE_PLATFORM_API_KEY": nil, "STORECTL_KEY": nil, "HOME": "/nowhere",
            ])
            let stranger = try await storectl("me", environment: nobody)
            #expect(stranger.status == 3, "\(stranger.output)\(stranger.errors)")
        }

        @Test func `somebody signs in once and is remembered`() async throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "storectl-\(UUID().uuidString)")
            defer {
                do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
            }
            let platform = try Platform()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let environment = Environment.custom([
                "STORECTL_CONFIG": "\(folder.path)/session.json", "HOME": folder.path,
            ])
            let signedIn = try await storectl(
                "login",
                platform.url,
                input: "\(platform.key)\n",
                environment: environment
            )
            let known = try await storectl("me", environment: environment)
            for ending in [signedIn, known] {
                #expect(ending.status == 0 && ending.output.contains("admin"), "\(ending.output)\(ending.errors)")
                #expect(!ending.output.contains(platform.key))
            }
        }
    }
}
