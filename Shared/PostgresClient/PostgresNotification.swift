/// A NOTIFY that reached a listening connection.
package struct PostgresNotification: Sendable, Equatable {
    package let channel: String
    package let payload: String
}
