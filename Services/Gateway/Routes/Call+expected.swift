import HTTPServer
import StoreContracts

extension Call {
    /// What `If-Match` names, read anew; nil where it names nothing or anything. Throws `PRECONDITION_FAILED` where it is
    /// no longer like that.
    ///
    /// A tag says only that it was so a moment ago: store-service looks again, under its lock.
    func expected<Resource: Encodable>(_ read: () async throws -> Resource) async throws -> Resource? {
        let fields = request.headers.values(of: "If-Match")
        guard !fields.isEmpty, !EntityTag.isAny(fields) else { return nil }
        let resource = try await read()
        guard EntityTag.isMatched(by: fields, try EntityTag.make(of: resource)) else {
            throw ServiceFault(.preconditionFailed, "It has changed since you read it. Read it again.")
        }
        return resource
    }
}
