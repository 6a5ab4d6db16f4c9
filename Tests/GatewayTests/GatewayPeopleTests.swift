import Foundation
import HTTPServer
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import Testing

@testable import Gateway

@Suite struct GatewayPeopleTests {
    /// A store-service that notes what it is asked about people.
    private final class People: Sendable {
        private let requests = Mutex<[any Sendable]>([])

        func note(_ request: any Sendable) { requests.withLock { $0.append(request) } }

        func last<Request>(_ type: Request.Type = Request.self) throws -> Request {
            try #require(requests.withLock { $0.last } as? Request)
        }

        var count: Int { requests.withLock { $0.count } }
    }

    private static let user = UserResource(
        id: Fixture.otherUser,
        email: "bob@example.com",
        name: "Bob",
        role: .member,
        maxStores: 5,
        used: 0,
        createdAt: Fixture.moment,
        updatedAt: Fixture.moment
    )

    private static func key(_ user: UserID) -> KeyResource {
        KeyResource(
            id: Fixture.key,
            userId: user,
            name: "Laptop",
            prefix: "sp_abcdefgh",
            scopes: .all,
            createdAt: Fixture.moment,
            expiresAt: nil,
            lastUsedAt: nil,
            revokedAt: nil
        )
    }

    private func withPeople(_ body: (GatewayHarness, People) async throws -> Void) async throws {
        let people = People()
        try await GatewayHarness.run {
            $0.on(Subjects.User.get, UserRequest.self) { _ in Self.user }
            $0.on(Subjects.User.list, ListUsers.self) { request in
                people.note(request)
                return Page(items: [Self.user], nextCursor: "next")
            }
            $0.on(Subjects.User.create, CreateUser.self) { request in
                people.note(request)
                return Self.user
            }
            $0.on(Subjects.User.update, UpdateUser.self) { request in
                people.note(request)
                return Self.user
            }
            $0.on(Subjects.User.delete, UserRequest.self) { request in
                people.note(request)
                return Done()
            }
            $0.on(Subjects.Key.list, ListKeys.self) { request in
                people.note(request)
                return Page(items: [Self.key(request.userID)], nextCursor: nil)
            }
            $0.on(Subjects.Key.create, CreateKey.self) { request in
                people.note(request)
                return Self.key(request.userID)
            }
            $0.on(Subjects.Key.rotate, RotateKey.self) { request in
                people.note(request)
                return Self.key(request.userID)
            }
            $0.on(Subjects.Key.revoke, RevokeKey.self) { request in
                people.note(request)
                return Done()
            }
            $0.on(Subjects.Audit.list, ListAudit.self) { request in
                people.note(request)
                return Page<AuditEntry>(items: [], nextCursor: nil)
            }
        } _: { gateway in
            try await body(gateway, people)
        }
    }

    // MARK: - Users

    @Test func `a new user's key is in the answer and nowhere else`() async throws {
        try await withPeople { gateway, people in
            let body = #"{"email":"bob@example.com","name":"Bob","role":"viewer","maxStores":3}"#
            let answer = try await gateway.admin.call("POST", "/api/users", body)

            #expect(answer.status == 201)
            #expect(answer.headers["Location"] == "/api/users/\(Fixture.otherUser)")
            #expect(answer.headers["Cache-Control"] == "no-store")
            let key = try #require(try answer.json["apiKey"]?.stringValue)
            #expect(try answer.json.at("user.email")?.stringValue == "bob@example.com")
            let request: CreateUser = try people.last()
            #expect(request.email.description == "bob@example.com" && request.name == "Bob")
            #expect(request.role == .viewer && request.maxStores == 3)
            #expect(request.key == KeyFingerprint(hash: SHA256Digest(of: key).hex, prefix: String(key.prefix(11))))
            let sent = try PlatformJSON.encodeString(request)
            #expect(!sent.contains(key))
        }
    }

    @Test(arguments: [
        ("{}", ["email", "name"]), (#"{"email":"bob","name":"Bob"}"#, ["email"]),
        (#"{"email":"bob@example.com","name":" "}"#, ["name"]),
        (#"{"email":"bob@example.com","name":"Bob","role":"king"}"#, ["role"]),
        (#"{"email":"bob@example.com","name":"Bob","maxStores":-1}"#, ["maxStores"]),
        (#"{"email":"bob@example.com","name":"Bob","maxStores":1.5}"#, ["maxStores"]),
        (#"{"email":"bob@example.com","name":"Bob","maxStores":1e30}"#, ["maxStores"]),
        (#"{"email":["bob@example.com"],"name":5}"#, ["email", "name"]),
        (#"{"email":"bob@example.com","name":"Bob","admin":true}"#, ["admin"]),
    ])
    func `every wrong member of a user is named, and nobody is asked`(_ body: String, _ fields: [String]) async throws {
        try await withPeople { gateway, people in
            let answer = try await gateway.admin.call("POST", "/api/users", body)

            #expect(answer.status == 400)
            #expect(try answer.json["errors"]?.arrayValue?.compactMap { $0["field"]?.stringValue } == fields)
            #expect(people.count == 0)
        }
    }

    @Test func `only admins manage users; a member looks at themselves`() async throws {
        try await withPeople { gateway, people in
            let body = #"{"email":"bob@example.com","name":"Bob"}"#
            let path = "/api/users/\(Fixture.otherUser)"
            for (method, path, body) in [
                ("GET", "/api/users", nil), ("POST", "/api/users", body), ("PATCH", path, #"{"name":"B"}"#),
                ("DELETE", path, nil),
            ] {
                let answer = try await gateway.member.call(method, path, body)
                #expect(answer.status == 403, "\(method) \(path)")
                #expect(try answer.code == "FORBIDDEN")
            }
            #expect(people.count == 0)
            #expect(try await gateway.member.call("GET", "/api/users/me").status == 200)
        }
    }

    @Test func `a list of users takes its filters and refuses others`() async throws {
        try await withPeople { gateway, people in
            let answer = try await gateway.admin.call("GET", "/api/users?q=bo%20b&role=member&limit=7&cursor=c")

            #expect(answer.status == 200)
            #expect(try answer.json["nextCursor"]?.stringValue == "next")
            let request: ListUsers = try people.last()
            #expect(request.query == "bo b" && request.role == .member && request.limit == 7 && request.cursor == "c")
            for query in [
                "role=king", "limit=0", "limit=101", "status=READY", "q=\(String(repeating: "q", count: 101))",
            ] {
                #expect(try await gateway.admin.call("GET", "/api/users?\(query)").status == 400, "\(query)")
            }
            let tag = try #require(answer.headers["ETag"])
            let again = try await gateway.admin.call("GET", "/api/users", headers: ["If-None-Match": tag])
            #expect(again.status == 304)
        }
    }

    @Test func `a user is changed as they were read`() async throws {
        try await withPeople { gateway, people in
            let path = "/api/users/\(Fixture.otherUser)"
            let tag = try #require(try await gateway.admin.call("GET", path).headers["ETag"])

            let changed = try await gateway.admin.call("PATCH", path, #"{"role":"admin"}"#, headers: ["If-Match": tag])
            #expect(changed.status == 200)
            #expect(changed.headers["ETag"] == tag)
            let request: UpdateUser = try people.last()
            #expect(request.role == .admin && request.name == nil && request.expected == Self.user)
            let stale = try await gateway.admin.call("PATCH", path, #"{"name":"B"}"#, headers: ["If-Match": #""x""#])
            #expect(stale.status == 412)
            #expect(people.count == 1)
            for body in ["{}", #"{"name":null}"#, #"{"email":"x"}"#] {
                #expect(try await gateway.admin.call("PATCH", path, body).status == 400, "\(body)")
            }
            #expect(try await gateway.admin.call("DELETE", path).status == 204)
            #expect(try await gateway.admin.call("DELETE", "/api/users/nobody").status == 404)
        }
    }

    // MARK: - Keys

    @Test func `a key is made with or without a body, shown once, and known to services by its hash`() async throws {
        try await withPeople { gateway, people in
            let bare = try await gateway.member.call("POST", "/api/users/me/keys")
            #expect(bare.status == 201, "\(bare.text)")
            var request: CreateKey = try people.last()
            #expect(request.userID == Fixture.user)
            #expect(request.name == nil && request.scopes == nil && request.expiresAt == nil)

            let body = #"{"name":"CI","scopes":["write","read"],"expiresAt":"2030-01-31T12:00:00+01:00"}"#
            let answer = try await gateway.member.call("POST", "/api/users/\(Fixture.user)/keys", body)
            #expect(answer.status == 201)
            #expect(answer.headers["Cache-Control"] == "no-store")
            #expect(answer.headers["Location"] == "/api/users/\(Fixture.user)/keys/\(Fixture.key)")
            let key = try #require(try answer.json["apiKey"]?.stringValue)
            request = try people.last()
            #expect(request.name == "CI" && request.scopes == KeyScopes([.read, .write]))
            #expect(request.expiresAt == RFC3339.parse("2030-01-31T11:00:00Z"))
            #expect(request.key.hash == SHA256Digest(of: key).hex)
            #expect(try bare.json["apiKey"]?.stringValue != key)
        }
    }

    @Test(arguments: [
        #"{"scopes":[]}"#, #"{"scopes":["all"]}"#, #"{"scopes":"read"}"#, #"{"scopes":["read","read"]}"#,
        #"{"scopes":[1]}"#, #"{"expiresAt":"tomorrow"}"#, #"{"expiresAt":1}"#, #"{"name":""}"#, #"{"key":"mine"}"#,
        "[]",
        "null", "{",
    ])
    func `a key that makes no sense is not made`(_ body: String) async throws {
        try await withPeople { gateway, people in
            let answer = try await gateway.member.call("POST", "/api/users/me/keys", body)

            #expect(answer.status == 400, "\(answer.text)")
            #expect(people.count == 0)
        }
    }

    @Test func `a key is replaced after an hour unless another time is given`() async throws {
        try await withPeople { gateway, people in
            let path = "/api/users/me/keys/\(Fixture.key)/rotate"

            #expect(try await gateway.viewer.call("POST", path).status == 201)
            var request: RotateKey = try people.last()
            #expect(request.overlapSeconds == 3600 && request.keyID == Fixture.key)
            #expect(try await gateway.member.call("POST", path, #"{"overlapSeconds":0}"#).status == 201)
            request = try people.last()
            #expect(request.overlapSeconds == 0)
            for body in [#"{"overlapSeconds":-1}"#, #"{"overlapSeconds":604801}"#, #"{"overlapSeconds":"1"}"#] {
                #expect(try await gateway.member.call("POST", path, body).status == 400, "\(body)")
            }
            #expect(try await gateway.member.call("DELETE", "/api/users/me/keys/\(Fixture.key)").status == 204)
            #expect(try await gateway.member.call("DELETE", "/api/users/me/keys/nothing").status == 404)
            #expect(try await gateway.reader.call("POST", path).code == "INSUFFICIENT_SCOPE")
        }
    }

    // MARK: - Audit

    @Test func `the audit takes its filters and refuses others`() async throws {
        try await withPeople { gateway, people in
            let query =
                "actor=\(Fixture.user)&action=key.revoke&storeId=\(Fixture.store)&q=x&from=2026-01-01T00:00:00Z"
                + "&to=9999-12-31T23:59:59-23:59&limit=5"
            #expect(try await gateway.member.call("GET", "/api/audit?\(query)").status == 200)

            let request: ListAudit = try people.last()
            #expect(request.actor == Fixture.user && request.action == .revokeKey && request.storeID == Fixture.store)
            #expect(request.query == "x" && request.limit == 5)
            #expect(request.from == RFC3339.parse("2026-01-01T00:00:00Z"))
            // What no clock shows is as good as never.
            #expect(try #require(request.to) < Date(timeIntervalSince1970: 253_402_300_800))
            for query in [
                "actor=ada", "action=nothing", "storeId=x", "from=yesterday", "sort=at", "to=2026-13-01T00:00:00Z",
            ] {
                #expect(try await gateway.member.call("GET", "/api/audit?\(query)").status == 400, "\(query)")
            }
        }
    }
}
