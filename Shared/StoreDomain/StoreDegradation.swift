/// What is wrong with a store that was READY.
package struct StoreDegradation: Hashable, Sendable, Codable {
    /// The condition that no longer holds.
    package let condition: StoreCondition.Kind
    /// One word why, for programs, such as `CheckoutFailed` or a failure's code.
    package let reason: String
    /// A sentence, for people.
    package let message: String

    /// Describes what is wrong.
    package init(condition: StoreCondition.Kind, reason: String, message: String) {
        self.condition = condition
        self.reason = reason
        self.message = message
    }
}
