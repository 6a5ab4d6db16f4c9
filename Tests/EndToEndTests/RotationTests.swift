import AsyncHTTPClient
import Foundation
import KubernetesClient
import NIOCore
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    /// A store's passwords: shown, changed, proven, on the real cluster.
    @Suite(.serialized) struct RotationTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `passwords are shown, changed with the database's user, and the shop sells on`() async throws {
            let name = Platform.name("rotate")
            let id = try await platform.create(name)
            #expect(try await platform.call(.POST, "/api/stores/\(id)/credentials/reveal").status == 409)
            #expect(try await platform.call(.POST, "/api/stores/\(id)/credentials/rotate").status == 409)
            try await platform.wait(for: id, "READY")
            let former = try await reveal(id)
            #expect(try await signsIn(name, former))

            let accepted = try await platform.call(
                .POST,
                "/api/stores/\(id)/credentials/rotate",
                #"{"database": true}"#
            )
            try #require(accepted.status == 202, "\(accepted.text)")
            let again = try await platform.call(.POST, "/api/stores/\(id)/credentials/rotate")
            #expect(again.status == 409)
            #expect(try again.json["code"]?.stringValue == "OPERATION_IN_PROGRESS")
            let operation = try await end(of: try #require(try accepted.json.at("operation.id")?.stringValue))

            #expect(operation["status"]?.stringValue == "succeeded", "\(operation)")
            #expect(operation["kind"]?.stringValue == "rotate")
            #expect(
                operation["steps"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == [
                    "PrepareCredentials", "ChangeAdminPassword", "VerifyAdminPassword", "ChangeDatabasePassword",
                    "RestartShop", "VerifyShop", "CommitCredentials",
                ]
            )
            let new = try await reveal(id)
            #expect(new != former)
            #expect(try await signsIn(name, new), "the new password is refused")
            #expect(try await !signsIn(name, former), "the former password is taken")
            #expect(try await users(name).count == 1)
            #expect(try await !users(name).contains("wordpress"), "the database's former user is there still")
            var guest = Guest(platform: platform, store: name)
            #expect(try await guest.order() > 0)
            #expect(try await platform.wait(for: id, "READY")["status"]?.stringValue == "READY")
            try await expectNowhere(new, name)
            try await platform.delete(id, name)
        }

        /// Two of them with the other end to end tests, all with `deploy/test kills`.
        private static let places =
            ["VerifyAdminPassword.before", "RestartShop.after"]
            + (ProcessInfo.processInfo.environment["KILLS"] == "all"
                ? [
                    "ChangeAdminPassword.after", "RestartShop.before", "VerifyShop.after", "CommitCredentials.after",
                ] : [])

        @Test(arguments: places)
        func `a rotation survives kill -9 of its provisioner`(place: String) async throws {
            let region = try TestRegion("faulty")
            defer { region.stop() }
            let name = Platform.name("rotkill")
            let id = try await platform.create(name, region: region.name)
            try await platform.wait(for: id, "READY")
            let former = try await reveal(id)
            try region.process("provisioner").kill()
            try region.start("provisioner", with: ["FAILPOINT": "provisioner.rotate.\(place)"])
            let victim = try region.process("provisioner")

            let body = #"{"database": true}"#
            let accepted = try await platform.call(.POST, "/api/stores/\(id)/credentials/rotate", body)
            try #require(accepted.status == 202, "\(accepted.text)")
            #expect(try await platform.poll(within: .seconds(90)) { !victim.isRunning })
            #expect(victim.endingSignal == SIGKILL)

            // Of a pod that has just become ready the ingress hears a moment later.
            let isServed = try await platform.poll(within: .seconds(60)) {
                try await platform.shop(name, "/shop/").status == 200
            }
            #expect(isServed, "the shop stays away")
            let known = try await knownPasswords(name)
            var holding = 0
            for password in known where try await signsIn(name, password) { holding += 1 }
            #expect(holding == 1, "of \(known.count) passwords in the store's Secrets \(holding) sign in")

            try region.start("provisioner")
            let operation = try await end(of: try #require(try accepted.json.at("operation.id")?.stringValue))
            #expect(operation["status"]?.stringValue == "succeeded", "\(operation)")
            let new = try await reveal(id)
            #expect(try await signsIn(name, new) && new != former)
            #expect(try await !signsIn(name, former))
            #expect(try await users(name).count == 1)
            #expect(try await leftovers(name).isEmpty)
            try await platform.delete(id, name)
        }

        @Test func `a rotation whose sign-in cannot be proven is undone`() async throws {
            let name = Platform.name("rotback")
            let id = try await platform.create(name)
            try await platform.wait(for: id, "READY")
            let former = try await reveal(id)
            // A plugin that takes the first password only, as one that guards the sign-in might.
            let plugin =
                "<?php add_filter('authenticate', fn($u) => $u instanceof WP_User && get_option('store_platform_rotation')"
                + " ? new WP_Error('guarded', 'no') : $u, 99);"
            try await wordpress(
                name,
                "mkdir -p wp-content/mu-plugins && cat >wp-content/mu-plugins/guard.php <<'P'\n\(plugin)\nP"
            )

            let accepted = try await platform.call(.POST, "/api/stores/\(id)/credentials/rotate")
            let operation = try await end(of: try #require(try accepted.json.at("operation.id")?.stringValue))

            #expect(operation["status"]?.stringValue == "failed", "\(operation)")
            #expect(operation.at("error.code")?.stringValue == "SIGN_IN_FAILED", "\(operation)")
            #expect(try await reveal(id) == former)
            #expect(try await signsIn(name, former))
            #expect(try await leftovers(name).isEmpty)
            try await platform.delete(id, name)
        }

        private func reveal(_ id: String) async throws -> String {
            let answer = try await platform.call(.POST, "/api/stores/\(id)/credentials/reveal")
            try #require(answer.status == 200, "\(answer.status)")
            #expect(answer.headers.first(name: "Cache-Control") == "no-store")
            return try #require(try answer.json["password"]?.stringValue)
        }

        private func end(of operation: String) async throws -> JSONValue {
            var last: JSONValue = .null
            let hasEnded = try await platform.poll(within: .seconds(240)) {
                last = try await platform.call(.GET, "/api/operations/\(operation)").json
                return last["finishedAt"]?.stringValue != nil
            }
            #expect(hasEnded, "\(last)")
            return last
        }

        private func signsIn(_ store: String, _ password: String) async throws -> Bool {
            var request = HTTPClientRequest(url: "\(platform.ingress)/wp-login.php")
            request.method = .POST
            request.headers.add(name: "Host", value: "store-\(store).127.0.0.1.nip.io")
            request.headers.add(name: "Cookie", value: "wordpress_test_cookie=WP%20Cookie%20check")
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: "log=admin&pwd=\(password)&wp-submit=Log+In&testcookie=1"))
            // A redirect is the answer that says yes; it must not be followed.
            let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
            let cookies: [String]
            do {
                let response = try await client.execute(request, timeout: .seconds(20))
                cookies = response.headers["Set-Cookie"]
                _ = try await response.body.collect(upTo: 8 << 20)
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
            return cookies.contains { $0.hasPrefix("wordpress_logged_in_") }
        }

        /// Every password for the admin that the store's Secrets hold.
        private func knownPasswords(_ name: String) async throws -> Set<String> {
            let secrets = try await platform.kubernetes.listAll(.secrets, namespace: "store-\(name)").items
            let encoded = secrets.compactMap { $0.json.at("data")?["admin-password"]?.stringValue }
            return Set(encoded.compactMap { Data(base64Encoded: $0).map { String(decoding: $0, as: UTF8.self) } })
        }

        private func leftovers(_ name: String) async throws -> [String] {
            let cluster = platform.kubernetes
            let secrets = try await cluster.listAll(.secrets, namespace: "store-\(name)").items.map(\.name)
            let jobs = try await cluster.listAll(.jobs, namespace: "store-\(name)").items.map(\.name)
            return (secrets + jobs).filter { $0.hasPrefix("store-rotation-") }
        }

        /// The users of the database beside its own.
        private func users(_ name: String) async throws -> [String] {
            let sql = "SELECT user FROM mysql.user WHERE host = '%' AND user <> 'root'"
            let text = try await Machine.run(
                "/bin/sh",
                "-c",
                #"exec kubectl -n "$0" exec store-mysql-0 -- sh -c "$1""#,
                "store-\(name)",
                #"MYSQL_PWD=$(cat "$MYSQL_ROOT_PASSWORD_FILE") mysql --user=root --batch --skip-column-names --execute="\#(sql)""#
            )
            return text.split(whereSeparator: \.isWhitespace).map(String.init)
        }

        private func wordpress(_ store: String, _ script: String) async throws {
            try await Machine.run(
                "/bin/sh",
                "-c",
                #"exec kubectl -n "$0" exec deployment/store-wordpress -- bash -c "$1""#,
                "store-\(store)",
                script
            )
        }

        /// In no Redis key, table, log or process list.
        private func expectNowhere(_ password: String, _ name: String) async throws {
            var places = ["processes": try await Machine.run("/bin/ps", "-eww", "-o", "args")]
            for dump in ["dump-redis", "dump-postgres"] {
                places[dump] = try await Machine.run("\(Machine.root)/Tests/EndToEndTests/\(dump)", Machine.root)
            }
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(Machine.root)/.run/log") {
                let bytes = try #require(FileManager.default.contents(atPath: "\(Machine.root)/.run/log/\(file)"))
                places["log \(file)"] = String(decoding: bytes, as: UTF8.self)
            }
            for pod in try await platform.kubernetes.listAll(.pods, namespace: "store-\(name)").items {
                places["pod \(pod.name)"] = try await platform.kubernetes.podLog(
                    pod.name,
                    namespace: "store-\(name)",
                    options: PodLogOptions(tailLines: 2000)
                )
            }
            let forms = [password, Data(password.utf8).base64EncodedString()]
            for (place, text) in places {
                #expect(!forms.contains(where: text.contains), "the password stands in \(place)")
            }
        }
    }
}
