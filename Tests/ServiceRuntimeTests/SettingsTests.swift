import Configuration
import Foundation
import ServiceRuntime
import Testing

@Suite struct SettingsTests {
    @Test func `reads every kind of setting`() throws {
        let settings = Settings(environment: [
            "REGION": "eu", "HTTP_PORT": "8080", "GRACE": "1500ms", "REDIS_URL": "redis://h:6379/1", "KEY": "s3cret",
            "LOUD": "yes",
        ])

        let reading = try settings.read { reader in
            (
                region: reader.string("REGION"), port: reader.int("HTTP_PORT", in: 1...65_535),
                grace: reader.duration("GRACE"), redis: reader.url("REDIS_URL", schemes: ["redis", "rediss"]),
                key: reader.secret("KEY"), loud: reader.bool("LOUD"), file: reader.optionalString("KUBECONFIG")
            )
        }

        #expect(reading.value.region == "eu")
        #expect(reading.value.port == 8080)
        #expect(reading.value.grace == .milliseconds(1500))
        #expect(reading.value.redis.host() == "h")
        #expect(reading.value.key == "s3cret")
        #expect(reading.value.loud)
        #expect(reading.value.file == nil)
    }

    @Test func `names every bad setting and what was expected, at once`() {
        let settings = Settings(environment: ["HTTP_PORT": "99999", "GRACE": "soon", "REDIS_URL": "http://h"])

        let error = #expect(throws: SettingsError.self) {
            try settings.read { reader in
                _ = reader.int("HTTP_PORT", in: 1...65_535)
                _ = reader.duration("GRACE")
                _ = reader.url("REDIS_URL", schemes: ["redis", "rediss"])
                _ = reader.string("DATABASE_URL", expected: "a PostgreSQL URL")
                let level = reader.parsed("LEVEL", expected: "1 or 2") { Int($0) }
                _ = try reader.require(level)
            }
        }

        #expect(error?.problems.map(\.key) == ["HTTP_PORT", "GRACE", "REDIS_URL", "DATABASE_URL", "LEVEL"])
        #expect(
            error?.description.contains("HTTP_PORT: expected a whole number from 1 to 65535, found \"99999\"") == true
        )
        #expect(error?.description.contains("DATABASE_URL: expected a PostgreSQL URL, found nothing") == true)
    }

    @Test func `secrets are hidden in the list and in errors`() throws {
        let settings = Settings(environment: ["KEY": "s3cret", "REDIS_URL": "redis://user:s3cret@h:1", "PORT": "1"])

        let reading = try settings.read { reader in
            _ = reader.secret("KEY")
            _ = reader.url("REDIS_URL", schemes: ["redis"])
            _ = reader.int("PORT", in: 1...9)
            _ = reader.optionalSecret("OTHER")
        }
        let error = #expect(throws: SettingsError.self) {
            try settings.read { reader in
                _ = reader.parsed("KEY", expected: "id:base64", isSecret: true) { _ in Int?.none }
                _ = reader.url("REDIS_URL", schemes: ["rediss"])
            }
        }

        #expect(
            reading.effective.map(\.description)
                == ["KEY=<hidden>", "REDIS_URL=redis://user:<hidden>@h:1", "PORT=1", "OTHER=<unset>"]
        )
        #expect(error?.problems.count == 2)
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test func `defaults fill what is missing or empty, and are listed`() throws {
        let reading = try Settings(environment: ["REGION": ""]).read { reader in
            (reader.string("REGION", default: "local"), reader.int("POOL", in: 1...100, default: 20))
        }

        #expect(reading.value == ("local", 20))
        #expect(reading.effective.map(\.description) == ["REGION=local", "POOL=20"])
    }

    @Test func `the environment wins over the file, and the file may hold numbers`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID()).json")
        try #"{"REGION": "file", "HTTP_PORT": 9090, "LOUD": true}"#.write(to: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: path) }

        let environment = EnvironmentVariablesProvider(
            environmentVariables: ["CONFIG_FILE": path.path(), "REGION": "environment"]
        )
        let reading = try await Settings.load(environment: environment).read { reader in
            (reader.string("REGION"), reader.int("HTTP_PORT", in: 1...65_535), reader.bool("LOUD"))
        }

        #expect(reading.value == ("environment", 9090, true))
    }

    @Test func `a settings file that cannot be read is named by its key`() async {
        let environment = EnvironmentVariablesProvider(environmentVariables: ["CONFIG_FILE": "/nowhere/settings.json"])

        let error = await #expect(throws: SettingsError.self) { try await Settings.load(environment: environment) }

        #expect(error?.problems.map(\.key) == ["CONFIG_FILE"])
    }
}
