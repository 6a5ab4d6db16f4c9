import Foundation
import StoreContracts

/// What a worker looks at a store for.
enum WorkPurpose: Sendable {
    /// To bring it to READY, or to find out why it cannot be. `asked`: when the command was given; `began`: when the first
    /// worker began with it.
    case creation(asked: Date, began: Date)
    /// To see whether it is as it must be; `occurrence` tells this verification from all others.
    case verification(ProvisionCommand.Verification, occurrence: String)
}
