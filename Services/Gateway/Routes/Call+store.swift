import StoreContracts
import StoreDomain

extension Call {
    /// The store that the path names. What is no id names none: throws `NOT_FOUND`.
    func storeID() throws -> StoreID {
        guard let id = parameters["id"].flatMap({ StoreID($0) }) else {
            throw ServiceFault(.notFound, "There is no such store.")
        }
        return id
    }
}
