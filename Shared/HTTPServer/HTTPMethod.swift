/// A request's method. Any token is possible: clients send what they like.
package struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
    /// As sent; methods are case-sensitive.
    package let description: String

    /// Takes any method.
    package init(_ name: String) { description = name }

    /// Reads.
    package static let get = HTTPMethod("GET")
    /// Reads the head only.
    package static let head = HTTPMethod("HEAD")
    /// Creates or acts.
    package static let post = HTTPMethod("POST")
    /// Replaces.
    package static let put = HTTPMethod("PUT")
    /// Changes in part.
    package static let patch = HTTPMethod("PATCH")
    /// Removes.
    package static let delete = HTTPMethod("DELETE")
    /// Asks what is possible.
    package static let options = HTTPMethod("OPTIONS")

    /// Whether the method promises to change nothing.
    package var isSafe: Bool { self == .get || self == .head || self == .options }

    /// The name for a metric's label: what a client invents becomes `OTHER`, or labels would grow without bound.
    package var label: String { Self.known.contains(self) ? description : "OTHER" }

    private static let known: Set<HTTPMethod> = [.get, .head, .post, .put, .patch, .delete, .options]
}
