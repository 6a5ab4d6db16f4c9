import AsyncHTTPClient
import NIOHTTP1
import StoreContracts

/// What came of an attempt to sign in to a store's admin.
enum SignInAnswer: Sendable, Equatable {
    case signedIn
    /// WordPress knows neither this user nor this password, or something else is in the way.
    case refused(String)
    /// Nothing answers.
    case silent(String)

    /// Judges the answer to the form of the sign-in page.
    init(_ reply: StoreReply) {
        // Both a shop's front page and a refusal have cookies; this one only who is signed in.
        if reply.cookies.contains(where: { $0.hasPrefix("wordpress_logged_in_") }) {
            self = .signedIn
        } else if reply.status >= 500 {
            self = .silent("HTTP \(reply.status)")
        } else {
            self = .refused("HTTP \(reply.status), no session")
        }
    }
}

/// Signs in to a store's admin as a person does.
protocol SigningIn: Sendable {
    func signIn(_ command: ProvisionCommand, user: String, password: String) async -> SignInAnswer
}

/// By the form of wp-login.php, through the ingress. The session is not kept.
struct SignIn: SigningIn {
    let client: HTTPClient
    /// Where the ingress controller listens, without a slash at the end.
    let ingressURL: String

    func signIn(_ command: ProvisionCommand, user: String, password: String) async -> SignInAnswer {
        let store = StoreClient(http: client, ingressURL: ingressURL, url: command.url, host: command.host)
        do {
            return SignInAnswer(
                try await store.submit(
                    "/wp-login.php",
                    [("log", user), ("pwd", password), ("wp-submit", "Log In"), ("testcookie", "1")],
                    headers: [("Cookie", "wordpress_test_cookie=WP%20Cookie%20check")]
                )
            )
        } catch let failure as LegFailure {
            return .silent(failure.message)
        } catch {
            return .silent("no connection")
        }
    }
}
