import StoreContracts
import StoreDomain

/// What becomes of requests for stores that share a transaction. Pure.
///
/// As if they had come one after the other: each sees the slots and the names that those before it took. Where that cannot
/// be known yet, a request is left for another batch: one whose key came with an earlier one, and one that was kept out by
/// an earlier one which got nothing in the end.
struct CreateBatch: Sendable {
    enum Verdict: Sendable, Hashable {
        case accepted
        /// The same request was answered before.
        case answered(StoreAccepted)
        case refused(ServiceFault)
        /// To be tried once this batch is through.
        case again
    }

    /// How many requests share a transaction: more would make the first wait for the last, and save nothing.
    static let limit = 100

    /// Why a request was refused for the sake of others of the batch.
    private enum Obstacle: Hashable {
        /// Earlier ones of the same owner may have taken the last slots.
        case owner(UserID)
        /// This one took the name.
        case name(Int)
    }

    let members: [CreateMember]
    /// One for each member.
    private(set) var verdicts: [Verdict] = []
    private var obstacles: [Int: Obstacle] = [:]

    init(_ members: [CreateMember], on ground: CreateGround) {
        self.members = members
        var owners = ground.owners
        var holders: [StoreName: Int] = [:]
        var keys: Set<CreateMember.Key> = []
        for (index, member) in members.enumerated() {
            let verdict = verdict(
                on: member,
                index,
                owners,
                holders,
                ground,
                isKeyNew: member.key.map { keys.insert($0).inserted }
            )
            verdicts.append(verdict)
            guard verdict == .accepted else { continue }
            owners[member.owner]?.stores += 1
            holders[member.request.name] = index
        }
    }

    /// The places of those that are accepted, in the order of their coming.
    var accepted: [Int] { verdicts.indices.filter { verdicts[$0] == .accepted } }

    /// Takes back that a member was accepted. Whoever it kept out is tried again.
    mutating func refuse(_ index: Int, _ fault: ServiceFault) {
        verdicts[index] = .refused(fault)
        for (other, obstacle) in obstacles
        where obstacle == .name(index) || obstacle == .owner(members[index].owner) {
            verdicts[other] = .again
        }
    }

    private mutating func verdict(
        on member: CreateMember,
        _ index: Int,
        _ owners: [UserID: CreateGround.Owner],
        _ holders: [StoreName: Int],
        _ ground: CreateGround,
        isKeyNew: Bool?
    ) -> Verdict {
        guard let owner = owners[member.owner] else {
            return .refused(ServiceFault(.unauthenticated, "There is no such user."))
        }
        if isKeyNew == false { return .again }
        if let key = member.key, let earlier = ground.answers[key] {
            guard earlier.requestHash == member.hash else {
                return .refused(
                    ServiceFault(.idempotencyKeyReused, "This idempotency key came with another request before.")
                )
            }
            return .answered(earlier.response)
        }
        guard owner.stores < owner.maxStores else {
            obstacles[index] = .owner(member.owner)
            return .refused(
                ServiceFault(.storeLimitReached, "You have as many stores as you may have: \(owner.maxStores).")
            )
        }
        if let holder = holders[member.request.name] {
            obstacles[index] = .name(holder)
            return .refused(Self.nameFault(.pending))
        }
        if let holder = ground.holders[member.request.name] { return .refused(Self.nameFault(holder)) }
        return .accepted
    }

    /// Why a name cannot be had, by the status of the store that has it.
    static func nameFault(_ holder: StoreStatus) -> ServiceFault {
        let issues = [ServiceFault.FieldIssue(field: "name", issue: "is taken")]
        return holder == .deleting
            ? ServiceFault(
                .nameStillTerminating,
                "The store that had this name is still being deleted.",
                issues: issues
            )
            : ServiceFault(.nameTaken, "Another store has this name.", issues: issues)
    }
}
