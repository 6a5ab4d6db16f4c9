import StoreContracts
import StoreDomain

extension Call {
    /// The user that the path names, `me` for the caller. What is no id names none: throws `NOT_FOUND`.
    func userID() throws -> UserID {
        if parameters["id"] == "me" { return caller.userID }
        guard let id = parameters["id"].flatMap({ UserID($0) }) else {
            throw ServiceFault(.notFound, "There is no such user.")
        }
        return id
    }

    /// The key that the path names. What is no id names none: throws `NOT_FOUND`.
    func keyID() throws -> KeyID {
        guard let id = parameters["keyId"].flatMap({ KeyID($0) }) else {
            throw ServiceFault(.notFound, "There is no such key.")
        }
        return id
    }
}
